import type { AuditPort } from '#src/store/ports/audit.ts'
import type { DecisionEvent } from './decision-record.ts'
import { readDecisions } from './read-decisions.ts'

/** How decisions by one set of rules came out: numbers by outcome (`link`, `confirm`, `none`); those that were only recorded apart. */
export type RuleOutcomes = {
  readonly ruleVersion: string
  readonly errorBudget: number
  /** Epoch milliseconds of the first and the last one that was counted. */
  readonly first: number
  readonly last: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly shadow: Readonly<Record<string, number>>
}

const keyOf = ({ ruleVersion, errorBudget }: DecisionEvent['data']['decision']): string =>
  `${ruleVersion} ${errorBudget}`

/**
 * Counts how decisions came out since a moment, by the rules that made them: whether what was put in force does as it was
 * thought to. The rules of the newest decision come first. Proofs that somebody gave are counted as `link`.
 * @throws PiasError `store.unavailable`
 */
export const countOutcomes = async (
  audit: Pick<AuditPort, 'search'>,
  query: { readonly from: number; readonly most: number },
): Promise<readonly RuleOutcomes[]> => {
  const all = new Map<string, RuleOutcomes>()
  for (const [kind, counts] of [['acted', 'outcomes'] as const, ['shadow', 'shadow'] as const]) {
    for await (const { at, data } of readDecisions(audit, { kind, ...query })) {
      const { outcome, ruleVersion, errorBudget } = data.decision
      const key = keyOf(data.decision)
      const counted = all.get(key) ?? { ruleVersion, errorBudget, first: at, last: at, outcomes: {}, shadow: {} }
      const numbers = counted[counts]
      all.set(key, {
        ...counted,
        first: Math.min(counted.first, at),
        last: Math.max(counted.last, at),
        [counts]: { ...numbers, [outcome]: (numbers[outcome] ?? 0) + 1 },
      })
    }
  }
  return [...all.values()].sort((one, other) => other.last - one.last)
}
