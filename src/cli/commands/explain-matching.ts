import { withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome, unusable } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { waterfall } from '#src/cli/waterfall.ts'
import { parseCustomerKey } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { type DecisionRecord, isDecisionEvent } from '#src/linking/decision-record.ts'
import type { Store } from '#src/store/ports/store.ts'

export type ExplainMatchingOptions = {
  readonly dataDir: string
  readonly account?: string
  readonly customer?: string
  readonly event?: string
}

const PAGE = 500

const decisionsOf = async ({ audit }: Store, accountId: string): Promise<readonly DecisionRecord[]> => {
  const found: DecisionRecord[] = []
  for (let after = 0; ; ) {
    const events = await audit.list({ after, limit: PAGE, accountId })
    found.push(...events.filter(isDecisionEvent).map(({ data }) => data.decision))
    const last = events.at(-1)
    if (last === undefined || events.length < PAGE) return found
    after = last.sequence
  }
}

const decisionAt = async ({ audit }: Store, sequence: number): Promise<readonly DecisionRecord[]> => {
  const events = await audit.list({ after: sequence - 1, limit: 1 })
  return events
    .filter(isDecisionEvent)
    .filter(event => event.sequence === sequence)
    .map(({ data }) => data.decision)
}

const find = async (store: Store, options: ExplainMatchingOptions): Promise<readonly DecisionRecord[]> => {
  if (options.event !== undefined) return decisionAt(store, Number(options.event))
  if (options.account !== undefined) return decisionsOf(store, options.account)
  const key = parseCustomerKey(options.customer ?? '')
  const owners = await store.accounts.ownersOf([key])
  const [owner] = owners.values() as IterableIterator<AccountId>
  const decisions = owner === undefined ? [] : await decisionsOf(store, owner)
  return decisions.map(decision => ({
    ...decision,
    records: decision.records.filter(
      ({ serviceLine, customerId }) => serviceLine === key.serviceLine && customerId === key.customerId,
    ),
  }))
}

const told = ({ outcome, ruleVersion, errorBudget, margins, compared, records }: DecisionRecord): string =>
  [
    `${outcome}, by ${ruleVersion}, error budget ${errorBudget}; ${compared} records compared\n`,
    ...margins.map(margin => `margin: ${margin}\n`),
    ...records.map(record => `\n${waterfall(record)}`),
  ].join('')

/**
 * `matching explain`: why records were linked, offered or passed over, as it was decided then: of an account, of a customer
 * record (`mobile:MOB-1`) that an account has, or of one audit event. No name, date, number or address is in it.
 * Refused where nothing says which decision, or there is none.
 * @throws `store.unusable` or `store.unavailable`
 */
export const explainMatching = async (terminal: Terminal, options: ExplainMatchingOptions): Promise<Outcome> => {
  const asked = [options.account, options.customer, options.event].filter(value => value !== undefined)
  if (asked.length !== 1) return unusable('one of --account, --customer and --event says which decision')
  return withStore({ terminal, dataDir: options.dataDir }, async store => {
    const decisions = await find(store, options)
    if (decisions.length === 0) return notFound('no decision is known for it')
    return { lines: decisions.map((value, index) => ({ value, text: `${index === 0 ? '' : '\n'}${told(value)}` })) }
  })
}
