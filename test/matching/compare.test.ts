import fc from 'fast-check'
import type { ComparablePerson } from '#src/kernel/customer.ts'
import { compareAddress, compareAddresses } from '#src/matching/compare/addresses.ts'
import { compareBirthDates, mayBeMistaken } from '#src/matching/compare/birth-dates.ts'
import { compareFamilyNames } from '#src/matching/compare/family-names.ts'
import { compareFirstNames } from '#src/matching/compare/first-names.ts'
import { compare } from '#src/matching/compare.ts'
import { normaliseIdentityAddress } from '#src/matching/normalise/addresses.ts'
import { parseFamilyName, parseFirstNames } from '#src/matching/normalise/names.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { record } from './people.ts'

describe('first names', () => {
  test.each([
    ['Lotte Marie', 'Lotte', 'exact'],
    ['Jean-Pierre', 'Jean Pierre', 'misspelling'],
    ['Jean-Pierre', 'Jeanpierre', 'exact'],
    ['Jean Pierre', 'Jean-Pierre Marie', 'misspelling'],
    ['Jean Pierre', 'Jean P', 'exact'],
    ['Jean Pierre', 'Jean Pierra', 'exact'],
    ['Jean Pierre', 'Jean Paul', 'similar'],
    ['Lotte Marie', 'Marie', 'other'],
    ['Marie', 'Lotte Marie', 'other'],
    ['Jozef', 'Jef', 'nickname'],
    ['Jef', 'Jozef', 'nickname'],
    ['Albert', 'Hubert', 'differ'],
    ['Jean-Pierre', 'Jean', 'partial'],
    ['Pierre', 'Jean-Pierre', 'partial'],
    ['Jean-Pierre', 'Jean-Paul', 'differ'],
    ['Lotte', 'L', 'initial'],
    ['J P', 'Jean-Pierre', 'initial'],
    ['Lotte', 'M', 'differ'],
    ['Lotte Marie', 'L.M.', 'initial'],
    ['Lotte Marie', 'L.B.', 'similar'],
    ['Lotte', 'L.B.', 'initial'],
    ['Jean-Pierre Lucien', 'J.L.', 'initial'],
    ['Lotte Marie', 'M.', 'similar'],
    ['M.', 'Lotte Marie', 'similar'],
    ['Jean-Pierre', 'JP', 'nickname'],
    ['Martine', 'Martin', 'similar'],
    ['Alexandra', 'Alexandre', 'similar'],
    ['Gabriella', 'Gabrielas', 'similar'],
    ['Jo', 'Bo', 'differ'],
    ['Lotte', 'Tom', 'differ'],
    ['', 'Lotte', 'missing'],
    ['Lotte', '', 'missing'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(compareFirstNames(parseFirstNames(a), parseFirstNames(b), false)).toBe(level)
  })

  test.each([
    ['Lotte', 'Lottte', 'misspelling'],
    ['Christophe', 'Christop', 'misspelling'],
    ['Lotte', 'Lotje', 'misspelling'],
    ['Lotte', 'Zoran', 'differ'],
  ])('%s and %s, a form nobody bears: %s', (a, b, level) => {
    expect(compareFirstNames(parseFirstNames(a), parseFirstNames(b), true)).toBe(level)
  })
})

describe('family names', () => {
  test.each([
    ['Van den Broeck', 'Vandenbroeck', 'exact'],
    ['Peeters-Maes', 'Maes Peeters', 'exact'],
    ['Peeters', 'Peeters-Maes', 'part'],
    ['Van den Broeck', 'Broeck', 'part'],
    ['Janssens', 'Janssen', 'misspelling'],
    ['Vandenberghe', 'Vandenberg', 'misspelling'],
    ['Vandenbroucke', 'Vandenbrouke', 'misspelling'],
    ['Vermeulen', 'Vermuelne', 'misspelling'],
    ['Maes', 'Mees', 'misspelling'],
    ['Wit', 'Wut', 'differ'],
    ['Maes', 'Peeters', 'differ'],
    ['', 'Peeters', 'missing'],
    ['Peeters', '', 'missing'],
  ])('%s and %s: %s', (a, b, level) => expect(compareFamilyNames(parseFamilyName(a), parseFamilyName(b))).toBe(level))
})

describe('birth dates', () => {
  const dated = (birthDate: string | undefined) => {
    const person = toComparablePerson(record({ birthDate }))
    return person
  }
  test.each([
    ['1988-03-04', '1988-03-04', 'exact'],
    ['1988-03-04', '1988-04-03', 'swapped'],
    ['1988-03-04', '1988-03-05', 'typo'],
    ['1988-03-04', '1989-03-04', 'typo'],
    ['1988-03-04', '1958-03-04', 'differ'],
    ['1988-03-04', '1988-11-25', 'differ'],
    ['1988-03-04', '1988-01-01', 'year'],
    ['1988-01-01', '1988-01-01', 'year'],
    ['1988-03-04', '1987-01-01', 'differ'],
    ['1988-03-04', undefined, 'missing'],
    [undefined, '1988-03-04', 'missing'],
  ])('%s and %s: %s', (a, b, level) => expect(compareBirthDates(dated(a), dated(b))).toBe(level))

  test.each([
    ['1988-03-04', '1999-12-31', true],
    ['1988-03-04', '2000-01-31', false],
    ['1988-03-04', '1977-01-31', true],
    ['1988-03-04', '1976-12-31', false],
    ['1951-03-04', '1980-01-01', true],
    ['1980-01-01', '1951-03-04', false],
    ['1988-03-04', undefined, false],
    [undefined, '1988-03-04', false],
  ])('of a person of %s, %s may be a mistake: %s', (a, b, mayBe) =>
    expect(mayBeMistaken(dated(a), dated(b))).toBe(mayBe),
  )
})

describe('addresses', () => {
  const address = (streetAddress: string, postalCode?: string, locality?: string) =>
    normaliseIdentityAddress({ streetAddress, ...(postalCode && { postalCode }), ...(locality && { locality }) }) ?? {}

  test.each([
    ['the same', address('Kerkstraat 32 bus 2', '9000'), 'full'],
    ['no box', address('Kerkstraat 32', '9000'), 'full'],
    ['a slip in a short street name', address('Kerkestraat 32', '9000'), 'place'],
    ['another box', address('Kerkstraat 32 bus 3', '9000'), 'house'],
    ['another house', address('Kerkstraat 34', '9000'), 'street'],
    ['no house', address('Kerkstraat', '9000'), 'street'],
    ['another street', address('Stationsplein 32', '9000'), 'place'],
    ['no street', address('', '9000'), 'place'],
    ['another place', address('Kerkstraat 32', '9050'), 'differ'],
    ['place by name', address('Kerkstraat 32', undefined, 'Gent'), 'full'],
    ['another place by name', address('Kerkstraat 32', undefined, 'Gand-Sud'), 'differ'],
    ['no place', address('Kerkstraat 32'), 'missing'],
  ])('%s: %s', (_, other, level) =>
    expect(compareAddress(address('Kerkstraat 32 bus 2', '9000', 'Gent'), other)).toBe(level),
  )

  test('longer streets bear a slip or two', () => {
    expect(compareAddress(address('Onderbergenstraat 1', '9000'), address('Onderbregnstraat 1', '9000'))).toBe('full')
    expect(compareAddress(address('Molenstraat 1', '9000'), address('Meulenstraat 1', '9000'))).toBe('place')
    expect(
      compareAddress(address('Koningin Elisabethplantsoen 1', '9000'), address('Koningin Elisabe 1', '9000')),
    ).toBe('full')
    expect(
      compareAddress(address('Koningin Elisabethplantsoen 1', '9000'), address('Koningin Astridplein 1', '9000')),
    ).toBe('place')
    expect(compareAddress(address('Vaartstraat 1', '9000'), address('Vaarstraat 1', '9000'))).toBe('place')
  })

  test('the best pair counts', () => {
    const here = address('Kerkstraat 32', '9000')
    expect(compareAddresses([here], [address('Dorp 1', '1000'), here])).toBe('full')
    expect(compareAddresses([here], [])).toBe('missing')
  })
})

describe('compare', () => {
  const name = fc.constantFrom(
    'Lotte',
    'Lotta',
    'L',
    'Lotte Marie',
    'Marie',
    'Jean-Pierre',
    'Jean Pierre',
    'Jef',
    'Jozef',
    undefined,
  )
  const family = fc.constantFrom(
    'Van den Broeck',
    'Vandenbroek',
    'Broeck',
    'Peeters-Broeck',
    'Peeters',
    'Lotte',
    undefined,
  )
  const date = fc.constantFrom('1988-03-04', '1988-04-03', '1988-01-01', '1988-03-05', '1960-07-21', undefined)
  const person: fc.Arbitrary<ComparablePerson> = fc
    .record({
      firstName: name,
      lastName: family,
      birthDate: date,
      emails: fc.subarray(['a@b.be', 'c@d.be']),
      phones: fc.subarray(['0470123456', '0471234567', '092234567']),
      address: fc.constantFrom(
        { street: 'Kerkstraat', number: '1', postalCode: '9000' },
        { street: 'Kerkstraat', number: '2', postalCode: '9000' },
        undefined,
      ),
      nationalNumber: fc.constantFrom('88031402665', '90421503154', undefined),
    })
    .map(changes => toComparablePerson(record(changes), { nationalNumber: true }))

  test('is symmetric, whatever is rare or generic', () => {
    fc.assert(
      fc.property(person, person, fc.boolean(), fc.boolean(), (a, b, isRare, isGeneric) => {
        const facts = { isRareFirstName: () => isRare, isGeneric: () => isGeneric }
        expect(compare(a, b, facts)).toEqual(compare(b, a, facts))
      }),
      { numRuns: 500 },
    )
  })

  test('a person agrees in full with himself, where there is anything', () => {
    fc.assert(
      fc.property(person, one => {
        const levels = Object.values(compare(one, one, { isRareFirstName: () => false, isGeneric: () => false }))
        expect(levels.filter(level => !['exact', 'full', 'year', 'initial', 'missing'].includes(level))).toEqual([])
      }),
    )
  })

  test('a shared contact that is generic says so, unless another one is not', () => {
    const a = toComparablePerson(record({ emails: ['a@b.be', 'c@d.be'] }))
    const facts = (generic: string[]) => ({
      isRareFirstName: () => false,
      isGeneric: (c: string) => generic.includes(c),
    })
    expect(compare(a, a, facts(['a@b.be', 'c@d.be'])).email).toBe('generic')
    expect(compare(a, a, facts(['a@b.be'])).email).toBe('exact')
  })
})
