import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import { keysAmong } from './evaluate-proof.ts'
import { createMatchIdentity, type Findings, type MatchDeps } from './match-identity.ts'
import { type RecentPeopleDeps, readRecentPeople } from './recent-people.ts'
import { createRuleChanges, type RuleChanges, type RuleSet, type Side } from './rule-changes.ts'
import { toldBy } from './told-claims.ts'

export type CompareModelsDeps = Omit<MatchDeps, 'modelInForce'> &
  RecentPeopleDeps & { readonly accounts: Pick<AccountsPort, 'customersOf' | 'ownersOf'> }

/** What other rules would change of the decisions on people who have an account. */
export type ModelComparison = RuleChanges & {
  /** People whose decision was made again. */
  readonly people: number
  /** Records that the other rules would link and that belong to another account: each would be a wrong link. */
  readonly ownedElsewhere: number
}

export type CompareModelsOptions = {
  /** How many people are looked at. */
  readonly most: number
  /** Since when decisions count as recent, epoch milliseconds; by default since ever. */
  readonly from?: number
  readonly onProgress?: (people: number) => void
}

/** People between two reports of progress. */
const REPORT_EVERY = 50

const toSide = ({ outcome, explanations }: MatchDecision): Side => ({ outcome, records: explanations })

/**
 * Decides anew on people who have an account, those about whom was decided last before all others (`readRecentPeople`): by
 * the rules in force and by others, as a login would. Of their claims those count that the upstream told last, the records
 * are those of today, and a record that they proved is proved where the rules still offer it. Writes nothing.
 * @throws PiasError `store.unavailable`
 */
export const compareModels = async (
  deps: CompareModelsDeps,
  rules: { readonly inForce: RuleSet; readonly other: RuleSet },
  { most, from = 0, onProgress }: CompareModelsOptions,
): Promise<ModelComparison> => {
  const { accounts, source } = deps
  const matcher = createMatchIdentity(deps)
  const changes = createRuleChanges()
  let people = 0
  let ownedElsewhere = 0

  /** The records that the person proved, whether or not the search brought them. */
  const addProved = async (findings: Findings, { id }: Account) => {
    const proved = (await accounts.customersOf(id)).filter(({ method }) => method === 'proof')
    if (proved.length === 0) return { findings, proved }
    const ids = [...new Set(proved.map(({ customerId }) => customerId))]
    const found = (await Promise.all(ids.map(source.findByCustomerId))).flat()
    const keys = new Set(proved.map(customerKeyOf))
    const records = found.filter(({ record }) => keys.has(customerKeyOf(record)))
    return { findings: await matcher.add(findings, records), proved }
  }

  const decideBy = (findings: Findings, rule: RuleSet, proved: readonly CustomerKey[]): MatchDecision => {
    const weighed = { ...findings, ...rule }
    const unproved = matcher.decideOn(weighed)
    if (proved.length === 0) return unproved
    return matcher.decideOn(weighed, keysAmong(proved, [...unproved.links, ...unproved.candidates]))
  }

  const countForeign = async (id: string, links: readonly CustomerKey[]): Promise<number> => {
    const owners = await accounts.ownersOf(links)
    return [...owners.values()].filter(owner => owner !== id).length
  }

  const compareOn = async (account: Account): Promise<void> => {
    const { findings, proved } = await addProved(await matcher.search({ claims: toldBy(account.claims) }), account)
    const before = decideBy(findings, rules.inForce, proved)
    const after = decideBy(findings, rules.other, proved)
    people += 1
    changes.add(toSide(before), toSide(after), { accountId: account.id })
    ownedElsewhere += await countForeign(account.id, after.links)
  }

  for await (const account of readRecentPeople(deps, { from, most })) {
    await compareOn(account)
    if (people % REPORT_EVERY === 0) onProgress?.(people)
  }
  onProgress?.(people)
  return { people, ...changes.result(), ownedElsewhere }
}
