import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { MatchModel } from '#src/matching/model.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'

export type CompareModelsDeps = Omit<MatchDeps, 'modelInForce'> & {
  readonly accounts: Pick<AccountsPort, 'survey' | 'find' | 'ownersOf'>
}

/** What becomes of one record under a model. */
const VERDICTS = ['linked', 'offered', 'passed-over'] as const
type Verdict = (typeof VERDICTS)[number]

/** What another model would change of the decisions on people who have an account. */
export type ModelComparison = {
  /** People whose decision was made again. */
  readonly people: number
  /** People for whom the outcome is another one, by `before → after` (`link → confirm`). */
  readonly outcomes: ReadonlyMap<string, number>
  /** Records whose verdict is another one, by `before → after`, among all that were compared. */
  readonly records: ReadonlyMap<string, number>
  /** Records that the other model would link and that belong to another account: each would be a wrong link. */
  readonly ownedElsewhere: number
}

const PAGE = 200

const verdictsOf = (decision: MatchDecision): ReadonlyMap<string, Verdict> =>
  new Map(decision.explanations.map(one => [customerKeyOf(one), one.verdict]))

const tally = () => {
  const counts = new Map<string, number>()
  return {
    counts,
    add: (before: string, after: string): void => {
      if (before === after) return
      const change = `${before} → ${after}`
      counts.set(change, (counts.get(change) ?? 0) + 1)
    },
  }
}

/**
 * Decides anew on people who have an account, on the claims they last came with and the records as they are: by the model
 * in force and by another one. The accounts are taken in the order of their ids, which are random: a fair sample. Writes
 * nothing.
 * @param options.most people looked at
 * @throws PiasError `store.unavailable`
 */
export const compareModels = async (
  deps: CompareModelsDeps,
  models: { readonly inForce: MatchModel; readonly other: MatchModel },
  options: { readonly most: number; readonly onProgress?: (people: number) => void },
): Promise<ModelComparison> => {
  const { accounts } = deps
  const matcher = createMatchIdentity(deps)
  const outcomes = tally()
  const records = tally()
  let people = 0
  let ownedElsewhere = 0

  const countForeign = async (id: string, links: readonly CustomerKey[]): Promise<number> => {
    const owners = await accounts.ownersOf(links)
    return [...owners.values()].filter(owner => owner !== id).length
  }

  const compareOn = async (id: string): Promise<void> => {
    const account = await accounts.find(id as Parameters<typeof accounts.find>[0])
    if (account === undefined) return
    const findings = await matcher.search(account)
    const before = matcher.decideOn(account, { ...findings, model: models.inForce })
    const after = matcher.decideOn(account, { ...findings, model: models.other })
    people += 1
    outcomes.add(before.outcome, after.outcome)
    const verdicts = verdictsOf(after)
    for (const [key, verdict] of verdictsOf(before)) records.add(verdict, verdicts.get(key) ?? 'passed-over')
    ownedElsewhere += await countForeign(id, after.links)
  }

  for (let after = ''; people < options.most; ) {
    const page = await accounts.survey({ after, limit: Math.min(PAGE, options.most - people) })
    for (const { id } of page) await compareOn(id)
    options.onProgress?.(people)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.id
  }
  return { people, outcomes: outcomes.counts, records: records.counts, ownedElsewhere }
}
