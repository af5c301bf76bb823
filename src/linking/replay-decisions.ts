import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { replay } from '#src/matching/replay.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { DecisionRecord } from './decision-record.ts'
import { type DecisionQuery, readDecisions } from './read-decisions.ts'
import { createRuleChanges, type RuleChanges, type RuleSet } from './rule-changes.ts'
import { findModel } from './stored-model.ts'

/** What other rules would have changed of decisions that were made. */
export type DecisionsReplay = RuleChanges & {
  /** Decisions that were weighed anew. */
  readonly decisions: number
  /** Decisions by a model that is not kept here, which cannot be. */
  readonly skipped: number
}

/** The version of the model in a decision's `rules+model+normaliser`. */
const modelOf = ({ ruleVersion }: DecisionRecord): string => ruleVersion.split('+')[1] ?? DEFAULT_MODEL.version

/**
 * Weighs decisions of the audit trail anew by other rules, those of people who got no account included: of those that were
 * acted on, or that were only recorded, never of both together. The trail holds no
 * claims: how records agreed is as it was found then, by the rules and the normaliser of then (ADR 0077). Writes nothing.
 * @throws PiasError `store.unavailable`
 */
export const replayDecisions = async (
  deps: { readonly audit: Pick<AuditPort, 'search'>; readonly keys: Pick<KeysPort, 'find'> },
  rules: RuleSet,
  { kind = 'acted', ...query }: Omit<DecisionQuery, 'kind'> & Partial<Pick<DecisionQuery, 'kind'>>,
): Promise<DecisionsReplay> => {
  const changes = createRuleChanges()
  const models = new Map<string, MatchModel | undefined>()
  const madeBy = async (version: string): Promise<MatchModel | undefined> => {
    if (!models.has(version)) models.set(version, await findModel(deps.keys, version))
    return models.get(version)
  }
  let decisions = 0
  let skipped = 0
  for await (const { sequence, accountId, data } of readDecisions(deps.audit, { kind, ...query })) {
    const version = modelOf(data.decision)
    // What is the same model by version is the same by weights.
    const made = version === rules.model.version ? rules.model : await madeBy(version)
    if (made === undefined) {
      skipped += 1
      continue
    }
    decisions += 1
    const named = { event: sequence, ...(accountId !== undefined && { accountId }) }
    changes.add(data.decision, replay(data.decision, { made, ...rules }), named)
  }
  return { decisions, skipped, ...changes.result() }
}
