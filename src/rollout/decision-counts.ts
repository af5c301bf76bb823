import type { FunnelCount } from '#src/store/ports/funnel.ts'
import { FUNNEL_STEPS, type FunnelStep } from './funnel-steps.ts'

/** Whether a decision of matching was acted on, or only recorded (`shadow`). */
export const DECISION_KINDS = ['acted', 'shadow'] as const
export type DecisionKind = (typeof DECISION_KINDS)[number]

/**
 * How matching came out. `link`: beyond doubt. `confirm`: a proof is asked for. `none`: no record was found. `contested`,
 * `owned-elsewhere`: it would be a link, but for whom the record was taken from, or whose it is.
 */
export const DECISION_OUTCOMES = ['link', 'confirm', 'none', 'contested', 'owned-elsewhere'] as const
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number]

/** A decision as it is counted, beside the steps of logins and never among them. */
export type DecisionStep = `${DecisionKind}-${DecisionOutcome}`

/** What is counted of a login. */
export type CountedStep = FunnelStep | DecisionStep

/** How often matching came out so at an app, on one day (UTC, `YYYY-MM-DD`). */
export type DecisionCount = {
  readonly day: string
  readonly kind: DecisionKind
  readonly outcome: DecisionOutcome
  readonly count: number
}

const DECISIONS: ReadonlyMap<string, { readonly kind: DecisionKind; readonly outcome: DecisionOutcome }> = new Map(
  DECISION_KINDS.flatMap(kind => DECISION_OUTCOMES.map(outcome => [`${kind}-${outcome}`, { kind, outcome }] as const)),
)

/** The decision that a counter is of; undefined for a step of a login. */
export const decisionOf = (step: string) => DECISIONS.get(step)

/** The counters of steps of logins alone. */
export const stepCounts = <Count extends Pick<FunnelCount, 'step'>>(counts: readonly Count[]): readonly Count[] =>
  counts.filter(({ step }) => FUNNEL_STEPS.some(one => one === step))

/** The counters of decisions alone, over all methods, in the order they are met. */
export const decisionCounts = (
  counts: readonly Pick<FunnelCount, 'day' | 'step' | 'count'>[],
): readonly DecisionCount[] => {
  const sums = new Map<string, DecisionCount>()
  for (const { day, step, count } of counts) {
    const decision = decisionOf(step)
    const key = `${day} ${step}`
    if (decision !== undefined) sums.set(key, { day, ...decision, count: (sums.get(key)?.count ?? 0) + count })
  }
  return [...sums.values()]
}
