import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { MatchDecision, MatchExplanation } from '#src/matching/decide.ts'
import type { MatchModel } from '#src/matching/model.ts'

/** By what is decided: a model, and the accepted probability that one automatic link is wrong. */
export type RuleSet = { readonly model: MatchModel; readonly errorBudget: number }

/** How a record came out: the verdict, the rule or hindrance behind it, and the probability that linking it is wrong. */
export type RecordSide = { readonly verdict: string; readonly because: string; readonly wrong: number }

/** A record whose verdict is another one. */
export type RecordChange = CustomerKey & { readonly before: RecordSide; readonly after: RecordSide }

/** One decision that comes out otherwise. `change` is of its outcome, `link → link` where only records differ. */
export type ChangeExample = {
  readonly change: string
  /** The account it is about, and the audit event it was made in, where there are any. */
  readonly accountId?: string
  readonly event?: number
  readonly records: readonly RecordChange[]
}

/** What other rules change of a number of decisions. */
export type RuleChanges = {
  /** Decisions whose outcome is another one, by `before → after` (`link → confirm`). */
  readonly outcomes: ReadonlyMap<string, number>
  /** Records whose verdict is another one, by `before → after`, among all that were compared. */
  readonly records: ReadonlyMap<string, number>
  /** A few of each change. */
  readonly examples: readonly ChangeExample[]
}

/** A decision before or after: its outcome, and what became of each record. */
export type Side = { readonly outcome: MatchDecision['outcome']; readonly records: readonly MatchExplanation[] }

const EXAMPLES_PER_CHANGE = 5

const sideOf = (record: MatchExplanation | undefined): RecordSide =>
  record === undefined
    ? { verdict: 'passed-over', because: 'not-compared', wrong: 1 }
    : { verdict: record.verdict, because: record.rule ?? record.hindrance ?? record.verdict, wrong: record.wrong }

const changesOf = (before: Side, after: Side): readonly RecordChange[] => {
  const afterwards = new Map(after.records.map(one => [customerKeyOf(one), one]))
  return before.records.flatMap(record => {
    const { serviceLine, customerId } = record
    const sides = { before: sideOf(record), after: sideOf(afterwards.get(customerKeyOf(record))) }
    return sides.before.verdict === sides.after.verdict ? [] : [{ serviceLine, customerId, ...sides }]
  })
}

const count = (counts: Map<string, number>, change: string): void => {
  counts.set(change, (counts.get(change) ?? 0) + 1)
}

/** Counts what changes from one decision to the other, and keeps a few examples of each change. */
export const createRuleChanges = () => {
  const outcomes = new Map<string, number>()
  const records = new Map<string, number>()
  const examples = new Map<string, ChangeExample[]>()

  return {
    add: (before: Side, after: Side, named: Pick<ChangeExample, 'accountId' | 'event'>): void => {
      const change = `${before.outcome} → ${after.outcome}`
      const changed = changesOf(before, after)
      if (before.outcome !== after.outcome) count(outcomes, change)
      else if (changed.length === 0) return
      for (const one of changed) count(records, `${one.before.verdict} → ${one.after.verdict}`)
      const kept = examples.get(change) ?? []
      if (kept.length < EXAMPLES_PER_CHANGE) examples.set(change, [...kept, { change, ...named, records: changed }])
    },
    result: (): RuleChanges => ({ outcomes, records, examples: [...examples.values()].flat() }),
  }
}
