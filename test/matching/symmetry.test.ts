import fc from 'fast-check'
import { compareAddresses } from '#src/matching/compare/addresses.ts'
import { compareBirthDates } from '#src/matching/compare/birth-dates.ts'
import { compareContacts, isEmailSlip, isPhoneSlip } from '#src/matching/compare/contacts.ts'
import { compareFamilyNames } from '#src/matching/compare/family-names.ts'
import { compareFirstNames } from '#src/matching/compare/first-names.ts'
import { compareNames } from '#src/matching/compare/names.ts'
import { normaliseRecordAddress } from '#src/matching/normalise/addresses.ts'
import { isBirthYearOnly } from '#src/matching/normalise/dates.ts'
import { parseFamilyName, parseFirstNames } from '#src/matching/normalise/names.ts'
import { editDistance, jaroWinkler } from '#src/matching/strings.ts'

/** Words near each other, so that every level comes up: drawn ones alone would nearly always differ. */
const word = fc.oneof(
  fc.constantFrom(
    'Lotte',
    'Lottte',
    'Charlotte',
    'Lot',
    'L',
    'Marie',
    'Maria',
    'Jean-Pierre',
    'Jean',
    'Pierre',
    'Jean Paul',
  ),
  fc.constantFrom('J.P.', 'J', 'Mohamed', 'Mohammed', 'Khadija', 'Khadya', 'Bert', 'Albert', 'Hubert'),
  fc.string({ unit: fc.constantFrom('a', 'e', 'l', 't', 'o', 'n'), minLength: 1, maxLength: 8 }),
)
const firstNames = fc.array(word, { maxLength: 3 }).map(words => parseFirstNames(words.join(' ')))
const surname = fc
  .array(
    fc.oneof(
      fc.constantFrom('Van den Broeck', 'Vandenbroek', 'Broeck van den', 'Peeters', 'Peters', 'Peeters-Janssens'),
      fc.constantFrom('Dumont ep. Peeters', 'Duumint', 'Declercq', 'De Klerk', 'van'),
      fc.string({ unit: fc.constantFrom('a', 'd', 'e', 'r', 'k', 'v', '-'), minLength: 1, maxLength: 9 }),
    ),
    { maxLength: 2 },
  )
  .map(words => parseFamilyName(words.join(' ')))
const asSurname = (names: readonly string[]) => parseFamilyName(names.join(' '))
const date = fc
  .option(fc.constantFrom('1988-03-14', '1988-03-15', '1988-01-01', '1988-05-04', '1988-04-05', '1958-03-14'), {
    nil: undefined,
  })
  .map(birthDate => (birthDate === undefined ? {} : { birthDate, birthYearOnly: isBirthYearOnly(birthDate) }))
const email = fc.constantFrom(
  'lotte.vdb@example.com',
  'lote.vdb@example.com',
  'lotte.vdb@exmple.com',
  'l@example.com',
  'x9@y.be',
)
const phone = fc.constantFrom('+32470123456', '+32470123465', '+32470123457', '+32498765432')
const address = fc
  .record({
    street: fc.option(
      fc.constantFrom('Kerkstraat', 'Kerkstrat', 'Rozenlaan', 'Rozenlan', 'Wetstraat', 'Rue de la Loi'),
      { nil: undefined },
    ),
    number: fc.option(fc.constantFrom('32', '32 bus 2', '32A', '7'), { nil: undefined }),
    postalCode: fc.option(fc.constantFrom('1040', '9000'), { nil: undefined }),
    locality: fc.option(fc.constantFrom('Gent', 'Gand', 'Brussel'), { nil: undefined }),
  })
  .map(parts =>
    normaliseRecordAddress(Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))),
  )
const addresses = fc.array(address, { maxLength: 2 }).map(list => list.filter(one => one !== undefined))

const isSymmetric = <T>(arbitrary: fc.Arbitrary<T>, compare: (a: T, b: T) => unknown): void =>
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => expect(compare(a, b)).toEqual(compare(b, a))),
    { numRuns: 1000 },
  )

describe('comparators are symmetric', () => {
  test.each([true, false])('first names (rare: %s)', isRare => {
    isSymmetric(firstNames, (a, b) => compareFirstNames(a, b, isRare))
  })
  test('family names', () => isSymmetric(surname, compareFamilyNames))
  /** Either name may be missing, or hold both. */
  const names = fc
    .tuple(
      fc.oneof(
        firstNames,
        surname.map(({ familyNames }) => familyNames),
      ),
      fc.oneof(surname, firstNames.map(asSurname)),
    )
    .map(([first, family]) => ({ firstNames: first, ...family }))
  test.each([true, false])('names in each other’s field (rare: %s)', isRare => {
    isSymmetric(names, (a, b) => compareNames(a, b, () => isRare))
  })
  test('birth dates', () => isSymmetric(date, compareBirthDates))
  test('e-mail addresses', () =>
    isSymmetric(fc.array(email, { maxLength: 3 }), (a, b) =>
      compareContacts(a, b, { isGeneric: one => one === 'x9@y.be', isSlip: isEmailSlip }),
    ))
  test('phones', () =>
    isSymmetric(fc.array(phone, { maxLength: 3 }), (a, b) =>
      compareContacts(a, b, { isGeneric: one => one === '+32498765432', isSlip: isPhoneSlip }),
    ))
  test('addresses', () => isSymmetric(addresses, compareAddresses))
  test('strings', () => {
    isSymmetric(fc.string({ maxLength: 9 }), jaroWinkler)
    isSymmetric(fc.string({ maxLength: 9 }), (a, b) => editDistance(a, b, 3))
  })
})
