import { addPresence, createPresence, driftOf, profileOf } from '#src/customers/snapshot/base-profile.ts'
import { lotteIn } from '#test/linking/people.ts'
import { recordForm } from '#test/support/record-form.ts'

const countOf = (...records: ReturnType<typeof lotteIn>[]) => {
  const presence = createPresence()
  for (const record of records) presence.add(recordForm.toComparablePerson(record))
  return presence.counts()
}

test('what records have is counted, and added up', () => {
  const full = countOf(lotteIn('tv'), lotteIn('mobile'))
  const poor = countOf(
    lotteIn('tv', { emails: [], birthDate: '1988-01-01' }),
    lotteIn('tv', { emails: [], firstName: 'L' }),
  )
  const all = profileOf(addPresence(full, poor))
  expect(all).toEqual({
    'first name': 0.75,
    'family name': 1,
    'birth date': 0.75,
    'e-mail': 0.5,
    mobile: 1,
    landline: 0,
    address: 1,
  })
  expect(profileOf(createPresence().counts())).toEqual({})
})

test('drift is the stability index of the part that moved most', () => {
  const trained = { mobile: 0.9, 'e-mail': 0.6, address: 1 }
  expect(driftOf(trained, trained)).toEqual({ part: '', drift: 0 })
  const { part, drift } = driftOf(trained, { mobile: 0.88, 'e-mail': 0.3, address: 1 })
  expect(part).toBe('e-mail')
  expect(drift).toBeCloseTo(-0.3 * Math.log(0.3 / 0.6) + 0.3 * Math.log(0.7 / 0.4), 10)
  expect(driftOf(trained, { ...trained, address: 0 }).drift).toBeGreaterThan(5)
})
