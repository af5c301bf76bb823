import fc from 'fast-check'
import type { CustomerRecord } from '#src/kernel/customer.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import { type Changes, claims, decideAmong, ELSEWHERE, idsOf, record, TIDY } from './people.ts'

/** Lotte's record, damaged in every way at once. */
const damaged: fc.Arbitrary<Changes> = fc.record({
  firstName: fc.constantFrom('Lotte', 'Lottte', 'L', 'Marie', 'Lotta', 'Anna', 'Tom', undefined),
  lastName: fc.constantFrom('Van den Broeck', 'Vandenbroek', 'Peeters', 'Broeck-Peeters', undefined),
  birthDate: fc.constantFrom('1988-03-14', '1988-01-01', '1988-03-15', '1958-07-21', undefined),
  emails: fc.constantFrom<string[]>(TIDY.emails as string[], ['other@example.net'], []),
  phones: fc.constantFrom<string[]>(TIDY.phones as string[], ['0498765432'], []),
  address: fc.constantFrom(TIDY.address, ELSEWHERE.address, undefined),
  segment: fc.constantFrom('consumer' as const, 'business' as const),
  createdAt: fc.constantFrom('2015-06-01', '2001-01-05'),
  status: fc.constantFrom('active' as const, 'deceased' as const),
})

const household: fc.Arbitrary<CustomerRecord[]> = fc
  .array(damaged, { maxLength: 6 })
  .map(people => people.map((changes, at) => record({ ...changes, customerId: `${at}` })))

const RANK = { none: 0, confirm: 1, link: 2 }
const wrongOf = (changes: Changes): number => decideAmong([record(changes)]).explanations[0]?.wrong ?? 1
const rankOf = (changes: Changes): number => RANK[decideAmong([record(changes)]).outcome]

/** Each: a field of a record without evidence, and the same field in agreement with Lotte. */
const AGREEMENTS: readonly (readonly [name: string, without: Changes, agreeing: Changes])[] = [
  ['first name', { firstName: undefined }, { firstName: 'Lotte' }],
  ['family name', { lastName: undefined }, { lastName: 'Van den Broeck' }],
  ['birth date', { birthDate: undefined }, { birthDate: '1988-03-14' }],
  ['e-mail', { emails: [] }, { emails: TIDY.emails }],
  ['mobile', { phones: [] }, { phones: TIDY.phones }],
  ['address', { address: undefined }, { address: TIDY.address }],
]

const CONTRADICTIONS: typeof AGREEMENTS = [
  ['first name', { firstName: undefined }, { firstName: 'Anna' }],
  ['family name', { lastName: undefined }, { lastName: 'Peeters' }],
  ['birth date', { birthDate: undefined }, { birthDate: '1958-07-21' }],
  ['e-mail', { emails: [] }, { emails: ['other@example.net'] }],
  ['mobile', { phones: [] }, { phones: ['0498765432'] }],
  ['address', { address: undefined }, { address: ELSEWHERE.address }],
]

/** P(wrong) is reported to four digits. */
const ROUNDING = 1.001

describe('decide, whatever the records', () => {
  test.each(AGREEMENTS)('agreement in %s never lowers a score or an outcome', (_, without, agreeing) => {
    fc.assert(
      fc.property(damaged, changes => {
        expect(wrongOf({ ...changes, ...agreeing })).toBeLessThanOrEqual(wrongOf({ ...changes, ...without }) * ROUNDING)
        expect(rankOf({ ...changes, ...agreeing })).toBeGreaterThanOrEqual(rankOf({ ...changes, ...without }))
      }),
    )
  })

  test.each(CONTRADICTIONS)('contradiction in %s never raises them', (_, without, contradicting) => {
    fc.assert(
      fc.property(damaged, changes => {
        const before = wrongOf({ ...changes, ...without })
        expect(wrongOf({ ...changes, ...contradicting }) * ROUNDING).toBeGreaterThanOrEqual(before)
        expect(rankOf({ ...changes, ...contradicting })).toBeLessThanOrEqual(rankOf({ ...changes, ...without }))
      }),
    )
  })

  test('the order of records changes nothing', () => {
    const twice = household.chain(records =>
      fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })),
    )
    fc.assert(fc.property(twice, ([one, other]) => expect(decideAmong(one)).toEqual(decideAmong(other))))
  })

  test('nobody of another first name, another birth date or a company is ever linked', () => {
    fc.assert(
      fc.property(household, records => {
        const linked = new Set(decideAmong(records).links.map(({ customerId }) => customerId))
        for (const one of records.filter(({ customerId }) => linked.has(customerId))) {
          expect(['Anna', 'Tom', 'Lotta', undefined]).not.toContain(one.firstName)
          expect(one).toMatchObject({ segment: 'consumer', status: 'active', createdAt: '2015-06-01' })
          expect(one.birthDate).not.toBe('1958-07-21')
        }
      }),
      { numRuns: 500 },
    )
  })

  test('links come with an anchor: without name and birth date in full there is none', () => {
    fc.assert(
      fc.property(household, records => {
        const identity = identityToPerson(claims({ birthdate: undefined }))
        expect(decideAmong(records, { identity }).links).toEqual([])
      }),
    )
  })

  test('an incomplete or overflowed search links nothing', () => {
    fc.assert(
      fc.property(household, fc.boolean(), (records, complete) => {
        const overflowed = complete ? ['e:x@example.com'] : []
        expect(decideAmong(records, { complete, overflowed })).toMatchObject({ outcome: 'confirm', links: [] })
      }),
    )
  })

  test('a record is linked, offered or passed over, and only one of them', () => {
    fc.assert(
      fc.property(household, records => {
        const { links, candidates } = idsOf(decideAmong(records))
        expect(new Set([...links, ...candidates]).size).toBe(links.length + candidates.length)
      }),
    )
  })
})
