import { type ComparablePerson, customerKeyOf } from '#src/kernel/customer.ts'
import { mayBeMistaken } from '#src/matching/compare/birth-dates.ts'
import { compareForms } from '#src/matching/compare/first-names.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { type ComparisonFacts, compare, compareTies } from '#src/matching/compare.ts'
import { type Score, score } from '#src/matching/score.ts'
import { type DecideInput, type MatchCandidate, nameShares } from './facts.ts'
import { showsMistake } from './mistakes.ts'
import { contactsOfOthers, showsHousemate, showsNamesake, showsTwin } from './others.ts'
import { type Bar, barOf, countTies, isAnchor, isMadeBeforeHolderAge, isMadeByAnAdult } from './rules.ts'

/** A candidate compared with the identity, scored among the other candidates, and held against the bars. */
export type Assessment = {
  readonly key: string
  readonly candidate: MatchCandidate
  readonly comparison: Comparison
  readonly bar: Bar | undefined
  /** Whether what differs, its birth date or its names, is a mistake for all one can see. */
  readonly isMistake: boolean
  /** Whether the evidence is of the kinds that link it by itself. */
  readonly anchors: boolean
  readonly score: Score
  /** The score when another comparison is put in the place of the candidate's own. */
  readonly rescore: (comparison: Comparison) => Score
}

const TELLING = new Set<string | undefined>(['exact', 'misspelling', 'nickname'])

/**
 * Whether a record whose first name leaves open who it names may be a housemate's: it holds his name, or his letter.
 */
const mayBe = (housemate: MatchCandidate, record: MatchCandidate, { firstName }: Comparison): boolean => {
  if (firstName === 'exact') return false
  // A name that is merely written alike may as well be his sister's.
  const level = compareForms(housemate.person.firstNames, record.person.firstNames)
  return TELLING.has(level) || (firstName === 'initial' && level === 'initial')
}

/** Compares and scores every candidate; in the order of their keys, whatever order they came in. */
export const assess = (input: DecideInput, facts: ComparisonFacts): readonly Assessment[] => {
  const { identity, termCounts, model } = input
  const compared = input.candidates
    .map(candidate => ({
      key: customerKeyOf(candidate.record),
      candidate,
      comparison: compare(identity, candidate.person, facts),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const twins = compared.filter(({ comparison }) => showsTwin(comparison))
  const namesakes = compared.filter(({ comparison }) => showsNamesake(comparison))
  const housemates = compared.filter(({ comparison }) => showsHousemate(comparison))
  const isElderShown = namesakes.some(({ candidate }) => !mayBeMistaken(identity, candidate.person))
  const others = [...twins, ...namesakes].map(({ candidate }) => candidate.person)
  const foreign = contactsOfOthers(others, identity)
  // Visible means: on another record than the one that is scored.
  const showsOnAnother = (shown: typeof compared, key: string): boolean => shown.some(other => other.key !== key)

  return compared.map(({ key, candidate, comparison }) => {
    const madeBeforeHolderAge = isMadeBeforeHolderAge(candidate.record, identity, model)
    const scoreFacts = {
      total: termCounts.total,
      ...nameShares(identity, candidate.person, termCounts),
      housemateVisible: housemates.some(other => other.key !== key && mayBe(other.candidate, candidate, comparison)),
      twinVisible: showsOnAnother(twins, key),
      juniorVisible: showsOnAnother(namesakes, key),
      madeBeforeHolderAge,
    }
    const rescore = (other: Comparison): Score => score(other, scoreFacts, model)
    const bar = barOf(candidate, comparison, madeBeforeHolderAge, foreign)
    const isMistake = showsMistake(comparison, [identity, candidate.person], { isElderShown, ...facts })
    const anchors = isAnchor(comparison, isMadeByAnAdult(candidate.record, identity))
    return { key, candidate, comparison, bar, isMistake, anchors, score: rescore(comparison), rescore }
  })
}

/** A candidate as seen from the anchors. */
export type Tied = {
  readonly ties: number
  /** The comparison with the identity, with the ties counted like the identity's own contacts. */
  readonly comparison: Comparison
  /** The score of that comparison. */
  readonly score: Score
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

/** All anchors as one person: the identity's names and date, the contacts and addresses of the anchors. */
export const joinAnchors = (identity: ComparablePerson, anchors: readonly Assessment[]): ComparablePerson => ({
  ...identity,
  emails: distinct(anchors.flatMap(({ candidate }) => candidate.person.emails)),
  mobiles: distinct(anchors.flatMap(({ candidate }) => candidate.person.mobiles)),
  landlines: distinct(anchors.flatMap(({ candidate }) => candidate.person.landlines)),
  addresses: anchors.flatMap(({ candidate }) => candidate.person.addresses),
})

/** Compares a candidate with the anchors and scores it again with what ties it to them. */
export const tie = (assessment: Assessment, anchors: ComparablePerson, facts: ComparisonFacts): Tied => {
  const { comparison, candidate } = assessment
  const hasAnchors = anchors.emails.length + anchors.mobiles.length + anchors.addresses.length > 0
  if (!hasAnchors) return { ties: 0, comparison, score: assessment.score }
  const toAnchors = compareTies(anchors, candidate.person, facts)
  const ties = countTies(toAnchors)
  const email = toAnchors.email === 'exact' ? toAnchors.email : comparison.email
  const mobile = toAnchors.mobile === 'exact' ? toAnchors.mobile : comparison.mobile
  const address = toAnchors.address === 'full' ? toAnchors.address : comparison.address
  const isSame = email === comparison.email && mobile === comparison.mobile && address === comparison.address
  if (isSame) return { ties, comparison, score: assessment.score }
  const merged = { ...comparison, email, mobile, address }
  return { ties, comparison: merged, score: assessment.rescore(merged) }
}
