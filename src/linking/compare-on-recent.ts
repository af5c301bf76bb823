import type { AuditPort } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import {
  type CompareModelsDeps,
  type CompareModelsOptions,
  compareModels,
  type ModelComparison,
} from './compare-models.ts'
import { type DecisionsReplay, replayDecisions } from './replay-decisions.ts'
import type { RuleSet } from './rule-changes.ts'

/** What other rules would change of recent decisions: of those as they were written, and of those on people, made anew. */
export type RecentComparison = { readonly decisions: DecisionsReplay; readonly people: ModelComparison }

/** Decisions of each kind that are weighed anew. */
const MOST_DECISIONS = 20_000

/**
 * Compares other rules with those in force on recent decisions: those of the audit trail that somebody acted on are weighed
 * anew (`replayDecisions`), those on people who have an account are made anew (`compareModels`). Writes nothing.
 * @throws PiasError `store.unavailable`
 */
export const compareOnRecent = async (
  deps: CompareModelsDeps & { readonly audit: Pick<AuditPort, 'search'>; readonly keys: Pick<KeysPort, 'find'> },
  rules: { readonly inForce: RuleSet; readonly other: RuleSet },
  options: CompareModelsOptions & { readonly from: number },
): Promise<RecentComparison> => {
  const { audit, keys } = deps
  const query = { from: options.from, most: MOST_DECISIONS }
  const decisions = await replayDecisions({ audit, keys }, rules.other, query)
  return { decisions, people: await compareModels(deps, rules, options) }
}
