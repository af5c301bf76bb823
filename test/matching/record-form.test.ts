import { recordFormOf } from '#src/matching/record-form.ts'
import { record } from './people.ts'

test('a record is written anew when national numbers may be compared from now on, or no more', () => {
  const [without, with_] = [recordFormOf({ nationalNumber: false }), recordFormOf({ nationalNumber: true })]
  expect(without.normaliserVersion).not.toBe(with_.normaliserVersion)
  const numbered = record({ nationalNumber: '88031402665' })
  expect(with_.blockingKeys(with_.toComparablePerson(numbered))).toContain('i:88031402665')
  expect(without.blockingKeys(without.toComparablePerson(numbered))).not.toContain('i:88031402665')
})
