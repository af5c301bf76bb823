import type { CustomerKey } from '#src/kernel/customer.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'
import { createRuleChanges, type RuleChanges, type RuleSet, type Side } from './rule-changes.ts'

export type CompareModelsDeps = Omit<MatchDeps, 'modelInForce'> & {
  readonly accounts: Pick<AccountsPort, 'survey' | 'find' | 'ownersOf'>
}

/** What other rules would change of the decisions on people who have an account. */
export type ModelComparison = RuleChanges & {
  /** People whose decision was made again. */
  readonly people: number
  /** Records that the other rules would link and that belong to another account: each would be a wrong link. */
  readonly ownedElsewhere: number
}

const PAGE = 200

const toSide = ({ outcome, explanations }: MatchDecision): Side => ({ outcome, records: explanations })

/**
 * Decides anew on people who have an account, on the claims they last came with and the records as they are: by the rules
 * in force and by others. The accounts are taken in the order of their ids, which are random: a fair sample. Writes
 * nothing.
 * @param options.most people looked at
 * @throws PiasError `store.unavailable`
 */
export const compareModels = async (
  deps: CompareModelsDeps,
  rules: { readonly inForce: RuleSet; readonly other: RuleSet },
  options: { readonly most: number; readonly onProgress?: (people: number) => void },
): Promise<ModelComparison> => {
  const { accounts } = deps
  const matcher = createMatchIdentity(deps)
  const changes = createRuleChanges()
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
    const before = matcher.decideOn({ ...findings, ...rules.inForce })
    const after = matcher.decideOn({ ...findings, ...rules.other })
    people += 1
    changes.add(toSide(before), toSide(after), { accountId: id })
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
  return { people, ...changes.result(), ownedElsewhere }
}
