import type { CustomerKey } from '#src/kernel/customer.ts'
import { explain, type Margin, type MatchExplanation } from '#src/matching/decide/explanation.ts'
import type { DecideInput } from '#src/matching/decide/facts.ts'
import { isLinked, type Judged, judge } from '#src/matching/decide/judge.ts'
import { isOffered } from '#src/matching/decide/offers.ts'
import { RULE_VERSION } from '#src/matching/decide/rules.ts'
import { NORMALISER_VERSION } from './normalise.ts'

export type { MatchExplanation } from '#src/matching/decide/explanation.ts'
export type { DecideInput, MatchCandidate, NameFrequencies } from '#src/matching/decide/facts.ts'

/**
 * `link`: `links` are this person's records; `confirm`: nothing is certain enough, though something may be theirs; `none`:
 * they have no record here. `candidates` are those that a proof may claim, also beside links. Both lists go by key.
 */
export type MatchDecision = {
  readonly outcome: 'link' | 'confirm' | 'none'
  readonly links: readonly CustomerKey[]
  readonly candidates: readonly CustomerKey[]
  /** Rules, model and normaliser the decision was made with. */
  readonly ruleVersion: string
  /** What stood against linking, beyond single records. */
  readonly margins: readonly Margin[]
  readonly explanations: readonly MatchExplanation[]
}

const outcomeOf = (
  links: number,
  candidates: number,
  { overflowed, complete }: DecideInput,
): MatchDecision['outcome'] => {
  if (links > 0) return 'link'
  // "None" would claim that there is no record; an incomplete search cannot know.
  return candidates > 0 || overflowed.length > 0 || !complete ? 'confirm' : 'none'
}

const toKey = ({ assessment }: Judged): CustomerKey => {
  const { serviceLine, customerId } = assessment.candidate.record
  return { serviceLine, customerId }
}

/**
 * Decides which records are the identity's own. Pure: it follows from the input alone, and not from the order of the
 * candidates.
 *
 * 1. Never automatically: see `barOf`. 2. Anchors link by themselves when the kinds of evidence are there *and*
 * P(wrong) < ε. 3. Satellites link by their ties to anchors, under the same ε. 4. Margins take links back: an incomplete
 * search or an overflowed key all of them, a namesake on the same contact those without the exact birth date, two
 * national numbers all. 5. What is not linked is offered for proof (`isOffered`) or passed over.
 * A proven record is linked and acts as an anchor.
 * @see docs/matching.md
 */
export const decide = (input: DecideInput): MatchDecision => {
  const { judged, margins } = judge(input)
  // What ties a record to the anchors makes it worth a proof, though not enough to be linked.
  const isOfferedHere = ({ assessment: { bar, isMistake }, tied: { comparison, score } }: Judged): boolean =>
    isOffered(comparison, { wrong: score.wrong, bar, isMistake }, input.model)
  const links = judged.filter(isLinked)
  const offered = judged.filter(one => !isLinked(one) && isOfferedHere(one))
  const explanations = judged.map(one => {
    const verdict = isLinked(one) ? 'linked' : offered.includes(one) ? 'offered' : 'passed-over'
    const isAnchor = 'rule' in one.verdict && one.verdict.rule === 'anchor'
    const { score } = isAnchor ? one.assessment : one.tied
    return explain(toKey(one), { verdict, ...one.verdict }, score, one.tied.ties)
  })
  return {
    outcome: outcomeOf(links.length, offered.length, input),
    links: links.map(toKey),
    candidates: offered.map(toKey),
    ruleVersion: `${RULE_VERSION}+${input.model.version}+${NORMALISER_VERSION}`,
    margins,
    explanations,
  }
}
