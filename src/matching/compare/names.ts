import type { ComparablePerson } from '#src/kernel/customer.ts'
import { parseFamilyName } from '#src/matching/normalise/names.ts'
import { onceFor } from '#src/matching/once-for.ts'
import { compareFamilyNames, isSameFamilyName } from './family-names.ts'
import { compareFirstNames } from './first-names.ts'
import { FAMILY_NAME_LEVELS, type FamilyNameLevel, FIRST_NAME_LEVELS, type FirstNameLevel } from './levels.ts'

/** How the first and the family names of two people agree. */
export type NameLevels = { readonly firstName: FirstNameLevel; readonly familyName: FamilyNameLevel }

type Names = Pick<ComparablePerson, 'firstNames' | 'familyName' | 'familyNames'>
type IsRare = (name: string) => boolean

const compareDirectly = (a: Names, b: Names, isRare: IsRare): NameLevels => {
  const [form] = b.firstNames
  return {
    firstName: compareFirstNames(a.firstNames, b.firstNames, form !== undefined && isRare(form)),
    familyName: compareFamilyNames(a, b),
  }
}

const glue = (names: readonly string[]): string => names.join('').replaceAll('-', '')

const withFamilyName = (firstNames: readonly string[], parts: readonly string[]): Names => ({
  firstNames,
  familyName: glue(parts),
  familyNames: parts,
})

/** First and family name in each other's field; how many of the words there are the family name is open. */
const exchange = onceFor(({ firstNames, familyNames }: Names): readonly Names[] =>
  firstNames.map((_, at) => ({
    firstNames: familyNames,
    ...parseFamilyName(firstNames.slice(0, at + 1).join(' ')),
  })),
)

/** Both names in one field ("Lotte Peeters", "Peeters Lotte"), read either way. */
const split = ({ firstNames, familyNames }: Names): readonly Names[] => {
  const words = [...firstNames, ...familyNames]
  const isWhole = firstNames.length === 0 || familyNames.length === 0
  if (!isWhole || words.length < 2) return []
  return [
    withFamilyName(words.slice(0, -1), words.slice(-1)),
    withFamilyName(words.slice(0, 1), words.slice(1)),
    withFamilyName(words.slice(1), words.slice(0, 1)),
  ]
}

const FITTING = new Set(['exact', 'part', 'misspelling'])
const RECOGNISED = new Set(['exact', 'other', 'nickname', 'misspelling', 'initial'])

/** Another reading of the fields is believed when one name then agrees in full and the other fits. */
const agrees = ({ firstName, familyName }: NameLevels): boolean =>
  (firstName === 'exact' && FITTING.has(familyName)) || (familyName === 'exact' && RECOGNISED.has(firstName))

const isFruitless = ({ firstName, familyName }: NameLevels): boolean =>
  firstName === 'missing' || familyName === 'missing' || (firstName === 'differ' && familyName === 'differ')

/** The place of a reading in the order of belief, no two alike: the levels are listed the strongest first. */
const rank = ({ firstName, familyName }: NameLevels): number =>
  FIRST_NAME_LEVELS.indexOf(firstName) * FAMILY_NAME_LEVELS.length + FAMILY_NAME_LEVELS.indexOf(familyName)

const byRank = (one: NameLevels, other: NameLevels): number => rank(one) - rank(other)

/**
 * First and family name exchanged on one of the sides. Nobody knows on which, and so not which of the two is the first
 * name: what does not agree in full is judged as one, more strictly, for "Paul" is no misspelt surname "Paula", but a twin.
 */
const compareExchanged = (a: Names, b: Names, isRare: IsRare): readonly NameLevels[] => [
  ...exchange(b)
    .filter(reading => isSameFamilyName(a, reading))
    .map(reading => compareDirectly(a, reading, isRare)),
  ...exchange(a)
    .filter(reading => isSameFamilyName(reading, b))
    .map(reading => compareDirectly(reading, b, isRare)),
]

/**
 * Whether the names of a record may be a person's that stand in each other's field with the surname written wrongly, so
 * that neither agrees in full and {@link compareNames} does not believe it. Worth a question, no more.
 */
export const mayBeExchanged = (person: Names, record: Names, isRare: IsRare): boolean =>
  exchange(record)
    .map(reading => compareDirectly(person, reading, isRare))
    .some(({ firstName, familyName }) => RECOGNISED.has(firstName) && FITTING.has(familyName))

/**
 * Compares the names of two people. Names standing in each other's field, or both in one, are recognised when they then
 * agree, whichever side they are mixed up on, and only where reading them as they stand leads nowhere; of several
 * readings the strongest counts. Symmetric for the same `isRare`.
 * @param isRare whether a first name in the form of `b` is borne by almost nobody; see {@link compareFirstNames}
 */
export const compareNames = (a: Names, b: Names, isRare: IsRare): NameLevels => {
  const direct = compareDirectly(a, b, isRare)
  if (!isFruitless(direct)) return direct
  const readings = [
    ...compareExchanged(a, b, isRare),
    ...split(b).map(reading => compareDirectly(a, reading, isRare)),
    ...split(a).map(reading => compareDirectly(reading, b, isRare)),
  ]
  return readings.filter(agrees).sort(byRank)[0] ?? direct
}
