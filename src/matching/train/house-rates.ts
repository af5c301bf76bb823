import type { ComparablePerson } from '#src/kernel/customer.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { type ComparisonFacts, compare } from '#src/matching/compare.ts'
import type { MatchModel } from '#src/matching/model.ts'
import type { Group } from './sample-base.ts'

/** What houses tell of a person's rivals. */
export type HouseRates = Pick<MatchModel, 'rivalRecords' | 'sharedPossessions'> & {
  /** How often a record carries a housemate's birth date. */
  readonly birthDateMixUps: number
  /** How often a housemate's first name is one of the further register names of a person, or has the same letter. */
  readonly echoedNames: number
  readonly sameLetters: number
}

/** A house with more records is a block of flats whose boxes got lost, or an office. */
const LARGEST_HOUSE = 12

const SAME_FIRST_NAME = new Set(['exact', 'other', 'nickname', 'misspelling', 'partial'])
const SAME_SURNAME = new Set(['exact', 'part', 'misspelling'])

/**
 * Whether two records surely name two people: their first names are different ones that many bear. Damaged names would
 * make housemates of one person's records, who then share everything.
 */
const areTwoPeople = (
  [a]: readonly string[],
  [b]: readonly string[],
  { firstName }: Comparison,
  { isRareFirstName }: ComparisonFacts,
): boolean => firstName === 'differ' && a !== undefined && b !== undefined && !isRareFirstName(a) && !isRareFirstName(b)

/** 95 % upper bound of a rate, so that what was never seen is not taken to be impossible (rule of three, and on). */
export const upperBound = (seen: number, of: number): number =>
  of === 0 ? 1 : Math.min(1, (seen + 1.645 * Math.sqrt(seen + 0.25) + 1.645) / of)

const createCounts = () => ({
  records: 0,
  housemates: 0,
  twins: 0,
  juniors: 0,
  /** Pairs of housemates that both have mobile and e-mail, and how many of the two they share. */
  withContacts: 0,
  sharingOne: 0,
  sharingBoth: 0,
  /** Pairs of housemates of two surnames with a birth date each, and those that have the same. */
  withDates: 0,
  sameDate: 0,
  /** Pairs of two people, the sides of them that have several first names, and what these names have in common. */
  pairs: 0,
  sidesWithNames: 0,
  echoes: 0,
  sameLetter: 0,
})

type Counts = ReturnType<typeof createCounts>

/** Two people are told by their first names, so each has one. */
type FirstNames = readonly [string, ...string[]]

const countNames = (counts: Counts, [a, ...othersOfA]: FirstNames, [b, ...othersOfB]: FirstNames): void => {
  counts.pairs += 1
  counts.sameLetter += Number(a.charAt(0) === b.charAt(0))
  counts.sidesWithNames += Number(othersOfA.length > 0) + Number(othersOfB.length > 0)
  counts.echoes += Number(othersOfA.includes(b)) + Number(othersOfB.includes(a))
}

const countContacts = (
  counts: Counts,
  a: ComparablePerson,
  b: ComparablePerson,
  { mobile, email }: Comparison,
): void => {
  const hasAll = (person: ComparablePerson): boolean => person.mobiles.length > 0 && person.emails.length > 0
  if (!hasAll(a) || !hasAll(b)) return
  const shared = Number(mobile === 'exact') + Number(email === 'exact')
  counts.withContacts += 1
  counts.sharingOne += Number(shared === 1)
  counts.sharingBoth += Number(shared === 2)
}

const countPair = (counts: Counts, a: ComparablePerson, b: ComparablePerson, facts: ComparisonFacts): void => {
  const comparison = compare(a, b, facts)
  const { firstName, familyName, birthDate, mobile, email } = comparison
  const isFamily = SAME_SURNAME.has(familyName)
  if (SAME_FIRST_NAME.has(firstName) && isFamily && birthDate === 'differ') counts.juniors += 2
  if (firstName === 'differ') counts.housemates += 2
  if (!areTwoPeople(a.firstNames, b.firstNames, comparison, facts)) return
  // Somebody called by a second name would be his own twin, but for his contacts.
  if (isFamily && birthDate === 'exact' && mobile === 'differ' && email !== 'exact') counts.twins += 2
  if (!isFamily && birthDate !== 'missing') {
    counts.withDates += 1
    counts.sameDate += Number(birthDate === 'exact')
  }
  if (birthDate !== 'differ') return
  countNames(counts, a.firstNames as FirstNames, b.firstNames as FirstNames)
  countContacts(counts, a, b, comparison)
}

/**
 * Estimates from whole houses how many records of housemates, twins and namesakes a record has beside it, how often
 * housemates share mobile and e-mail address, and how often one carries the other's birth date: all without labels, for
 * housemates have two first names. Rates are upper bounds, and no lower than what the base cannot show.
 */
export const estimateHouseRates = (houses: Iterable<Group>, facts: ComparisonFacts): HouseRates => {
  const counts = createCounts()
  for (const house of houses) {
    if (house.length > LARGEST_HOUSE) continue
    counts.records += house.length
    house.forEach((a, at) => {
      for (const b of house.slice(at + 1)) countPair(counts, a, b, facts)
    })
  }
  const { records, withContacts } = counts
  return {
    rivalRecords: {
      household: upperBound(counts.housemates, records),
      twin: upperBound(counts.twins, records),
      junior: upperBound(counts.juniors, records),
    },
    sharedPossessions: [1, upperBound(counts.sharingOne, withContacts), upperBound(counts.sharingBoth, withContacts)],
    // One of the two carries the other's, and nobody knows which.
    birthDateMixUps: upperBound(counts.sameDate, counts.withDates) / 2,
    echoedNames: upperBound(counts.echoes, counts.sidesWithNames),
    sameLetters: upperBound(counts.sameLetter, counts.pairs),
  }
}
