import type { ComparableAddress, ComparablePerson } from '#src/kernel/customer.ts'
import { swapDayAndMonth } from '#src/matching/normalise/dates.ts'
import { withoutParticles } from '#src/matching/normalise/names.ts'
import { phoneticCode } from './phonetic.ts'

/** `nationalNumber`: whether it may be a key; off unless configuration says that the law allows it. */
export type BlockingOptions = { readonly nationalNumber?: boolean }

/** The most keys one query may ask for. */
export const MAX_PROBES = 18

/** Letters of a surname's sound, a first name and a street that stand in keys: one slip further on loses nothing. */
const SOUND_LETTERS = 4
const NAME_LETTERS = 8
const STREET_LETTERS = 3

const surnameCodes = (person: ComparablePerson): string[] => [
  ...new Set([...person.familyNames].map(name => phoneticCode(withoutParticles(name)))),
]

const contactKeys = (person: ComparablePerson, options: BlockingOptions): string[] => [
  ...(options.nationalNumber === true && person.nationalNumber !== undefined ? [`i:${person.nationalNumber}`] : []),
  ...person.emails.map(email => `e:${email}`),
  ...person.mobiles.map(mobile => `m:${mobile}`),
  ...person.landlines.map(landline => `l:${landline}`),
]

const birthAndSurnameKeys = (date: string | undefined, codes: readonly string[]): string[] =>
  date === undefined ? [] : codes.map(code => `b:${date}:${code.slice(0, SOUND_LETTERS)}`)

/** Of an initial it is the letter, so that initials are found by a key of their own. */
const birthAndFirstNameKeys = (date: string | undefined, names: readonly string[]): string[] =>
  date === undefined ? [] : names.map(name => `f:${date}:${name.replaceAll('-', '').slice(0, NAME_LETTERS)}`)

/** A year has 365 times the people of a day, so their first letter is in it. */
const birthYearKeys = ({ birthDate, firstNames }: ComparablePerson, codes: readonly string[]): string[] =>
  birthDate === undefined
    ? []
    : codes.flatMap(code =>
        firstNames.map(name => `y:${birthDate.slice(0, 4)}:${code.slice(0, SOUND_LETTERS)}:${name.charAt(0)}`),
      )

const addressKey = (address: ComparableAddress): string[] =>
  address.postalCode === undefined || address.number === undefined || address.street === undefined
    ? []
    : // The house number without its letter: systems lose it.
      [`a:${address.postalCode}:${Number.parseInt(address.number, 10)}:${address.street.slice(0, STREET_LETTERS)}`]

const nameAndPlaceKeys = (person: ComparablePerson, codes: readonly string[]): string[] => {
  const start = person.firstNames[0]?.replace('-', '').slice(0, 3)
  if (start === undefined) return []
  const places = person.addresses.flatMap(address => address.postalCode ?? [])
  return places.flatMap(place => codes.map(code => `n:${code}:${start}:${place}`))
}

/** Two names, in whichever field they stand. */
const nameKey = (one: string, other: string): string => `w:${[one, other].map(glueName).sort().join(':')}`
const glueName = (name: string): string => withoutParticles(name.replaceAll('-', ''))

/** Full names: what is left to find a record by that has no birth date, another address and no contact in common. */
const nameKeys = (firstNames: readonly string[], { familyNames }: ComparablePerson): string[] =>
  firstNames.filter(name => name.length > 1).flatMap(first => familyNames.map(family => nameKey(first, family)))

/** The keys of full names that stand in one field, any two of its words. */
const namesInOneFieldKeys = ({ familyNames }: ComparablePerson): string[] =>
  familyNames.flatMap((one, at) => familyNames.slice(at + 1).map(other => nameKey(one, other)))

const recordNameKeys = (person: ComparablePerson): string[] => {
  if (person.birthDate !== undefined) return []
  return person.firstNames.length === 0 ? namesInOneFieldKeys(person) : nameKeys(person.firstNames.slice(0, 1), person)
}

/**
 * The keys a record is found under, made when it is written. Prefixes: `e:` e-mail, `m:` mobile, `l:` landline,
 * `b:` birth date + sound of the surname, `f:` birth date + beginning of a name or an initial, `y:` birth year + sound of
 * the surname + initial, of records that know no more than the year, `a:` postal code + house number + beginning of the
 * street, `n:` phonetic surname + three letters of the first name + postal code, `w:` full name, of records without birth
 * date (in alphabetical order, for names stand in each other's field at times), `i:` national number (by option only).
 * @see docs/matching.md; docs/decisions/0069-narrow-keys.md
 */
export const blockingKeys = (person: ComparablePerson, options: BlockingOptions = {}): readonly string[] => {
  const codes = surnameCodes(person)
  return [
    ...new Set([
      ...contactKeys(person, options),
      ...birthAndSurnameKeys(person.birthDate, codes),
      // Also the family name: names stand in each other's field at times.
      ...birthAndFirstNameKeys(person.birthDate, [...person.firstNames, ...person.familyNames]),
      ...(person.birthYearOnly === true ? birthYearKeys(person, codes) : []),
      ...person.addresses.flatMap(addressKey),
      ...nameAndPlaceKeys(person, codes),
      ...recordNameKeys(person),
    ]),
  ]
}

const initialOf = (name: string): string => name.charAt(0)

/**
 * The keys to look a person up by, the most telling first, {@link MAX_PROBES} at most. Besides the person's own keys they
 * hold those of records whose birth date has day and month exchanged, or only the year.
 */
export const probes = (person: ComparablePerson, options: BlockingOptions = {}): readonly string[] => {
  const codes = surnameCodes(person)
  const date = person.birthDate
  const keys = [
    ...contactKeys(person, options),
    ...birthAndSurnameKeys(date, codes),
    ...person.addresses.flatMap(addressKey),
    ...nameAndPlaceKeys(person, codes.slice(0, 2)),
    ...birthAndFirstNameKeys(date, person.firstNames).slice(0, 3),
    ...birthAndFirstNameKeys(date, person.firstNames.slice(0, 1).map(initialOf)),
    ...birthAndSurnameKeys(date === undefined ? undefined : swapDayAndMonth(date), codes.slice(0, 1)),
    ...birthYearKeys(person, codes.slice(0, 1)).slice(0, 2),
    ...nameKeys(person.firstNames.slice(0, 2), person),
  ]
  return [...new Set(keys)].slice(0, MAX_PROBES)
}

/** The term a first name is counted under; a compound name counts the same with and without its hyphen. */
export const firstNameTerm = (name: string): string => `first:${name.replaceAll('-', '')}`

/** The term a family name, whole or in part, is counted under. */
export const familyNameTerm = (name: string): string => `family:${name}`

/** What a person adds to the name frequencies: `first:<name>` and `family:<name>`, each once, initials left out. */
export const terms = (person: ComparablePerson): readonly string[] => [
  ...new Set([
    ...person.firstNames.filter(name => name.length > 1).map(firstNameTerm),
    ...(person.familyName === undefined ? [] : [person.familyName, ...person.familyNames].map(familyNameTerm)),
  ]),
]

/**
 * The terms that tell how rare a person's names are: what the person adds to the frequencies, and the family name as a
 * first name, for the two may stand in each other's field.
 */
export const termsToLookUp = (person: ComparablePerson): readonly string[] => [
  ...terms(person),
  ...person.familyNames.filter(name => name.length > 1).map(firstNameTerm),
]
