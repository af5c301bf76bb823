import { createRuleOperations, type RuleOperations } from '#src/admin/operations/matching-rules.ts'
import { openCustomerSources } from '#src/customers/registry.ts'
import type { Store } from '#src/store/ports/store.ts'
import { recordFormOf } from './offline.ts'
import type { Terminal } from './terminal.ts'

const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The operations on the rules of matching, on a store that is open. */
export const openRules = async (terminal: Terminal, store: Store): Promise<RuleOperations> => {
  const { clock } = terminal
  const { customers, matching } = terminal.loadConfig()
  const { toComparablePerson } = recordFormOf(matching)
  const source = await openCustomerSources(customers, { ...store, toComparablePerson, clock, logger: NO_LOG })
  return createRuleOperations({ ...store, source, matching, clock, logger: NO_LOG })
}
