import { blockingKeys, MAX_PROBES, probes, terms, termsToLookUp } from '#src/matching/blocking.ts'
import { identityToPerson, toComparablePerson } from '#src/matching/normalise.ts'
import { claims, ELSEWHERE, record } from './people.ts'

const lotte = identityToPerson(claims({ birthdate: '1988-03-04' }))
const nowhere = { emails: [], phones: [], address: undefined }

describe('blocking', () => {
  test('the keys of a record', () => {
    expect(blockingKeys(toComparablePerson(record({ phones: ['0470123456', '092234567'] })))).toEqual([
      'e:lotte.vdb@example.com',
      'm:+32470123456',
      'l:+3292234567',
      'b:1988-03-14:brk',
      'f:1988-03-14:lotte',
      'f:1988-03-14:vandenbr',
      'a:9000:32:ker',
      'n:brk:lot:9000',
    ])
  })

  test('a record of nothing has none', () => {
    const nothing = toComparablePerson(
      record({ ...nowhere, firstName: undefined, lastName: undefined, birthDate: undefined }),
    )
    expect([blockingKeys(nothing), probes(nothing), terms(nothing)]).toEqual([[], [], []])
  })

  test('without a place a name is a key in full only', () => {
    const address = { street: 'Kerkstraat', number: '32' }
    const placeless = { ...nowhere, address, birthDate: undefined }
    expect(blockingKeys(toComparablePerson(record(placeless)))).toEqual(['w:broeck:lotte'])
    expect(blockingKeys(toComparablePerson(record({ ...placeless, firstName: 'L.' })))).toEqual([])
  })

  test('an address without a house number is no key', () => {
    expect(
      blockingKeys(
        toComparablePerson(
          record({
            ...nowhere,
            address: { street: 'Kerkstraat', postalCode: '9000' },
            firstName: undefined,
            birthDate: undefined,
          }),
        ),
      ),
    ).toEqual([])
  })

  // Each record shares nothing with the identity but what its name says.
  test.each([
    ['e-mail', { emails: ['LOTTE.vdb@example.com'], firstName: 'X', lastName: 'Y', birthDate: undefined }],
    ['mobile', { phones: ['0470/123456'], firstName: 'X', lastName: 'Y', birthDate: undefined }],
    ['birth date and sound of the surname', { firstName: 'X', lastName: 'Broucke', birthDate: '1988-03-04' }],
    ['birth date, day and month exchanged', { firstName: 'X', birthDate: '1988-04-03' }],
    ['birth year and initial', { firstName: 'Lena', lastName: 'Van den Broucke', birthDate: '1988-01-01' }],
    ['birth date and first name', { firstName: 'Lotte', lastName: 'Y', birthDate: '1988-03-04' }],
    ['birth date and initial', { firstName: 'L.', lastName: 'Y', birthDate: '1988-03-04' }],
    ['birth date and second name', { firstName: 'Marie', lastName: 'Y', birthDate: '1988-03-04' }],
    ['birth date, names in each other’s field', { firstName: 'Broeck', lastName: 'Lotte', birthDate: '1988-03-04' }],
    [
      'house',
      {
        firstName: 'X',
        lastName: 'Y',
        birthDate: undefined,
        address: { street: 'Kerkstr', number: '32A', postalCode: '9000' },
      },
    ],
    ['name and place', { birthDate: undefined, address: { postalCode: '9000' } }],
    ['full name alone, without birth date', { birthDate: undefined, address: ELSEWHERE.address }],
    [
      'names in each other’s field, without birth date',
      { birthDate: undefined, firstName: 'Broeck', lastName: 'Lotte' },
    ],
    [
      'names in one field, without birth date',
      { birthDate: undefined, firstName: undefined, lastName: 'Van den Broeck Lotte' },
    ],
    ['second register name and surname, without birth date', { birthDate: undefined, firstName: 'Marie' }],
  ])('a record is found by %s', (_, changes) => {
    const keys = blockingKeys(toComparablePerson(record({ ...nowhere, ...changes })))
    expect(keys.filter(key => probes(lotte).includes(key))).not.toEqual([])
  })

  test('a record with a birth date is not found by its full name: frequent names would be in every answer', () => {
    const keys = blockingKeys(toComparablePerson(record({ ...nowhere, birthDate: '1958-07-21' })))
    expect(keys.filter(key => probes(lotte).includes(key))).toEqual([])
  })

  test('a stranger’s record is not', () => {
    const keys = blockingKeys(
      toComparablePerson(record({ ...ELSEWHERE, firstName: 'Tom', lastName: 'Maes', birthDate: '1970-02-03' })),
    )
    expect(keys.filter(key => probes(lotte).includes(key))).toEqual([])
  })

  test('a person with much of everything stays within the limit, each probe once', () => {
    const rich = toComparablePerson(
      record({
        firstName: 'Lotte Marie Anna Lena',
        lastName: 'Peeters-Maes De Wit',
        birthDate: '1988-03-04',
        emails: ['a@b.be', 'c@d.be', 'e@f.be'],
        phones: ['0470123456', '0471234567', '092234567'],
        formerAddresses: [{ street: 'Dorp', number: '1', postalCode: '3000' }],
      }),
    )
    expect(probes(rich)).toHaveLength(MAX_PROBES)
    expect(new Set(probes(rich)).size).toBe(MAX_PROBES)
  })

  test('the national number is a key where allowed only', () => {
    const person = toComparablePerson(record({ nationalNumber: '88031402665' }), { nationalNumber: true })
    expect(blockingKeys(person)).not.toContain('i:88031402665')
    expect(blockingKeys(person, { nationalNumber: true })).toContain('i:88031402665')
    expect(probes(lotte, { nationalNumber: true })).toEqual(probes(lotte))
  })

  test('terms: names whole and in parts, initials left out, hyphens too', () => {
    const person = toComparablePerson(record({ firstName: 'Jean-Pierre M', lastName: 'Peeters-Maes' }))
    expect(terms(person)).toEqual(['first:jeanpierre', 'family:peetersmaes', 'family:peeters', 'family:maes'])
  })

  test('what is looked up tells how often the family name is a first name, too', () => {
    const person = toComparablePerson(record({ firstName: 'Peeters', lastName: 'Lotta' }))
    expect(termsToLookUp(person)).toEqual(['first:peeters', 'family:lotta', 'first:lotta'])
  })
})
