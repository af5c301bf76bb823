import { type ComparablePerson, customerKeyOf } from '#src/kernel/customer.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { type ComparisonFacts, compareTies } from '#src/matching/compare.ts'
import type { MatchModel } from '#src/matching/model.ts'
import { type Assessment, assess, joinAnchors, type Tied, tie } from './assess.ts'
import { possessionsOf } from './evidence.ts'
import type { Hindrance, LinkRule, Margin } from './explanation.ts'
import { type DecideInput, gatherFacts } from './facts.ts'
import { sharesContact, showsNamesake } from './others.ts'
import { isSatellite } from './rules.ts'

/** Whether a record is linked and by which rule, or what hinders it. */
export type Verdict = { readonly rule: LinkRule } | { readonly hindrance: Hindrance }

/** A candidate with its verdict. */
export type Judged = { readonly assessment: Assessment; readonly tied: Tied; readonly verdict: Verdict }

/** Whether the verdict is to link. */
export const isLinked = ({ verdict }: Judged): boolean => 'rule' in verdict

/** An incomplete picture hides the rivals that the margins need, so nothing follows from it. */
const searchMargins = ({ overflowed, complete }: DecideInput): Margin[] => [
  ...(overflowed.length > 0 ? ['overflowed' as const] : []),
  ...(complete ? [] : ['incomplete' as const]),
]

/** Everything that is the same for all candidates of a decision. */
type Situation = {
  readonly model: MatchModel
  readonly proven: ReadonlySet<string>
  readonly anchors: ComparablePerson
  readonly facts: ComparisonFacts
  readonly margins: readonly Margin[]
}

const isProbable = (wrong: number, epsilon: number): boolean => wrong < epsilon

/**
 * A namesake on the contact matters to the records that could be his: those without the exact birth date, and those
 * that nothing ties to the person but the home.
 */
const mayBeNamesakes = (comparison: Comparison): boolean =>
  comparison.birthDate !== 'exact' || possessionsOf(comparison) === 0

const judgeByEvidence = (assessment: Assessment, tied: Tied, situation: Situation): Verdict => {
  const { margins } = situation
  const { epsilon } = situation.model
  const { comparison, bar, anchors, score } = assessment
  if (bar !== undefined) return { hindrance: bar }
  const margin = margins.find(name => name !== 'namesake-on-contact' || mayBeNamesakes(comparison))
  if (margin !== undefined) return { hindrance: margin }
  const satellite = isSatellite(comparison, tied.ties)
  if (anchors && isProbable(score.wrong, epsilon)) return { rule: 'anchor' }
  if (satellite && isProbable(tied.score.wrong, epsilon)) return { rule: 'satellite' }
  return { hindrance: anchors || satellite ? 'improbable' : 'kind-of-evidence' }
}

const judgeOne = (assessment: Assessment, situation: Situation): Judged => {
  const tied = tie(assessment, situation.anchors, situation.facts)
  if (situation.proven.has(assessment.key)) return { assessment, tied, verdict: { rule: 'proven' } }
  return { assessment, tied, verdict: judgeByEvidence(assessment, tied, situation) }
}

/** Whether a namesake shares a contact or house with the identity or with one of the anchors. */
const hasNamesakeOnContact = (
  assessments: readonly Assessment[],
  anchors: ComparablePerson,
  facts: ComparisonFacts,
): boolean =>
  assessments.some(
    ({ comparison, candidate }) =>
      showsNamesake(comparison) &&
      (sharesContact(comparison) || sharesContact(compareTies(anchors, candidate.person, facts))),
  )

/** Two numbers among the records to be linked: at least one of them is somebody else's. */
const hasTwoNationalNumbers = (judged: readonly Judged[]): boolean => {
  const numbers = judged.filter(isLinked).flatMap(({ assessment }) => assessment.candidate.person.nationalNumber ?? [])
  return new Set(numbers).size > 1
}

/**
 * Judges every candidate: bars, margins, anchors, then the satellites of these anchors.
 * @returns the candidates in the order of their keys, and what stands against linking beyond single records
 */
export const judge = (input: DecideInput): { judged: readonly Judged[]; margins: readonly Margin[] } => {
  const { identity, model } = input
  const facts = gatherFacts(input)
  const assessments = assess(input, facts)
  const proven = new Set((input.proven ?? []).map(customerKeyOf))
  const anchors = assessments.filter(
    one => proven.has(one.key) || (one.bar === undefined && one.anchors && isProbable(one.score.wrong, model.epsilon)),
  )
  const isNamesakeNear = hasNamesakeOnContact(assessments, joinAnchors(identity, anchors), facts)
  const exactAnchors = anchors.filter(({ key, comparison }) => proven.has(key) || !mayBeNamesakes(comparison))
  const margins: Margin[] = [...searchMargins(input), ...(isNamesakeNear ? ['namesake-on-contact' as const] : [])]
  const situation: Situation = {
    model,
    proven,
    facts,
    // What a margin forbids to link may not vouch for others either.
    anchors: joinAnchors(identity, isNamesakeNear ? exactAnchors : anchors),
    margins,
  }
  const judged = assessments.map(assessment => judgeOne(assessment, situation))
  if (!hasTwoNationalNumbers(judged)) return { judged, margins }
  const withNumbers: Margin[] = [...margins, 'two-national-numbers']
  return {
    judged: assessments.map(assessment => judgeOne(assessment, { ...situation, margins: withNumbers })),
    margins: withNumbers,
  }
}
