import { createRuleOperations, type RuleOperations } from '#src/admin/operations/matching-rules.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openMatching } from './open-matching.ts'
import type { Terminal } from './terminal.ts'

/** The operations on the rules of matching, on a store that is open. */
export const openRules = async (terminal: Terminal, store: Store): Promise<RuleOperations> =>
  createRuleOperations({ ...store, ...(await openMatching(terminal, store)) })
