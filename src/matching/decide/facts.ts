import { type ComparablePerson, type CustomerKey, type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import { familyNameTerm, firstNameTerm } from '#src/matching/blocking.ts'
import { compareBirthDates } from '#src/matching/compare/birth-dates.ts'
import { isKnownFirstName } from '#src/matching/compare/known-first-names.ts'
import { compareNames } from '#src/matching/compare/names.ts'
import type { ComparisonFacts } from '#src/matching/compare.ts'
import { type MatchModel, SMALLEST_BASE } from '#src/matching/model.ts'
import { lacksLetter } from '#src/matching/normalise/fold.ts'

/** A customer record with its comparable form; structurally the customer port's `Candidate`. */
export type MatchCandidate = {
  readonly record: CustomerRecord
  readonly person: ComparablePerson
}

/** How often names stand in the customer base; structurally the customer port's `TermCounts`. */
export type NameFrequencies = {
  readonly total: number
  readonly counts: ReadonlyMap<string, number>
  /** False where names could not be counted: then none is known to be rare. */
  readonly counted?: boolean
}

/** Everything a decision follows from; the same input gives the same decision, in whatever order the candidates come. */
export type DecideInput = {
  readonly identity: ComparablePerson
  /** Each record once. */
  readonly candidates: readonly MatchCandidate[]
  /** Counts of the terms of the identity and of the candidates. */
  readonly termCounts: NameFrequencies
  /** Blocking keys whose records are unknown because they were too many. */
  readonly overflowed: readonly string[]
  /** False when the search ended before all its answers were in. */
  readonly complete: boolean
  readonly model: MatchModel
  /** Records that the person has proved to be their own: they are linked, and act as anchors. */
  readonly proven?: readonly CustomerKey[]
}

const countOf = (term: string, { counts }: NameFrequencies): number => counts.get(term) ?? 0

/** Of the most frequent first and family names in Belgium, rounded up: Maria, and less than half of it Peeters. */
const COMMONEST_SHARE = 0.02

/**
 * The share of the base that bears the most frequent of some names; never less than one record. Where names could not be
 * counted, any may be the commonest.
 */
const highestShare = (terms: readonly string[], frequencies: NameFrequencies): number =>
  frequencies.counted === false
    ? COMMONEST_SHARE
    : Math.max(1, ...terms.map(term => countOf(term, frequencies))) / Math.max(SMALLEST_BASE, frequencies.total)

/** Shares of the base that bear the names of two people: of two forms the more frequent one. */
export const nameShares = (
  a: ComparablePerson,
  b: ComparablePerson,
  frequencies: NameFrequencies,
): { firstNameShare: number; familyNameShare: number } => ({
  firstNameShare: highestShare(
    [...a.firstNames.slice(0, 1), ...b.firstNames.slice(0, 1)].map(firstNameTerm),
    frequencies,
  ),
  familyNameShare: highestShare([...a.familyNames, ...b.familyNames].map(familyNameTerm), frequencies),
})

const contactsOf = (person: ComparablePerson): readonly string[] => [
  ...person.emails,
  ...person.mobiles,
  ...person.landlines,
]

/** How much a record says of its holder: names and birth date present. */
const fullness = ({ person }: MatchCandidate): number =>
  Number(person.birthDate !== undefined) +
  Number(person.familyName !== undefined) +
  Number(person.firstNames.length > 0)

const byFullness = (a: MatchCandidate, b: MatchCandidate): number =>
  fullness(b) - fullness(a) || (customerKeyOf(a.record) < customerKeyOf(b.record) ? -1 : 1)

type IsRare = ComparisonFacts['isRareFirstName']

const isSameHolder = (a: ComparablePerson, b: ComparablePerson, isRareFirstName: IsRare): boolean => {
  if (compareBirthDates(a, b) === 'differ') return false
  const { firstName, familyName } = compareNames(a, b, isRareFirstName)
  return firstName !== 'differ' && firstName !== 'similar' && familyName !== 'differ'
}

/**
 * Whether there are more than so many distinct people among records: the fullest come first, and each further record either
 * may be one of those counted or is one more. Counted no further than needed, for a dealer's phone is on hundreds.
 */
const hasMoreHolders = (records: readonly MatchCandidate[], most: number, isRareFirstName: IsRare): boolean => {
  const holders: ComparablePerson[] = []
  for (const { person } of [...records].sort(byFullness)) {
    if (holders.some(holder => isSameHolder(holder, person, isRareFirstName))) continue
    if (holders.push(person) > most) return true
  }
  return false
}

/**
 * What comparing needs to know of the base and of the candidates. Contacts with more than `mostHolders` distinct holders
 * are generic (a dealer's address, a company's switchboard): nobody's possession.
 * @see docs/matching.md
 */
export const gatherFacts = (input: Pick<DecideInput, 'candidates' | 'termCounts' | 'model'>): ComparisonFacts => {
  const { candidates, termCounts, model } = input
  const rareUpTo = Math.max(model.rareFirstName.records, model.rareFirstName.share * termCounts.total)
  // However often "Fran?ois" stands in the base, nobody is called so.
  const isRareFirstName = (name: string): boolean =>
    lacksLetter(name) ||
    (termCounts.counted !== false && !isKnownFirstName(name) && countOf(firstNameTerm(name), termCounts) <= rareUpTo)

  const holdersOf = new Map<string, MatchCandidate[]>()
  for (const candidate of candidates) {
    for (const contact of contactsOf(candidate.person)) {
      const holders = holdersOf.get(contact)
      if (holders === undefined) holdersOf.set(contact, [candidate])
      else holders.push(candidate)
    }
  }
  // Counted when asked for: of the contacts of strangers hardly any is.
  const counted = new Map<string, boolean>()
  const isGeneric = (contact: string): boolean => {
    const records = holdersOf.get(contact)
    if (records === undefined || records.length <= model.mostHolders) return false
    const generic = counted.get(contact) ?? hasMoreHolders(records, model.mostHolders, isRareFirstName)
    counted.set(contact, generic)
    return generic
  }
  return { isRareFirstName, isGeneric }
}
