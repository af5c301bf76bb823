import { z } from 'zod'
import { maskText } from '#src/audit/mask.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { type CompareModelsDeps, compareModels } from '#src/linking/compare-models.ts'
import { countOutcomes, type RuleOutcomes } from '#src/linking/count-outcomes.ts'
import { type DecisionsReplay, replayDecisions } from '#src/linking/replay-decisions.ts'
import type { ChangeExample, RuleChanges, RuleSet } from '#src/linking/rule-changes.ts'
import {
  type Activation,
  activateModel,
  createModelInForce,
  findModel,
  findTrained,
  listActivations,
  listVersions,
  rollBackModel,
  stateOf,
} from '#src/linking/stored-model.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const ruleActData = z.object({
  act: z.enum(['activated', 'rolled back']),
  version: z.string(),
  errorBudget: z.number().optional(),
  by: z.string().default(''),
  reason: z.string().default(''),
})

/** By what is decided, as it is named: a version of the model, and the accepted probability of a wrong link. */
export type RuleName = { readonly version: string; readonly errorBudget: number }

/** What is in force, what could be, and what was. `state` names what is in force: it goes with a change. */
export type MatchingRules = {
  readonly state: number
  readonly inForce: RuleName
  readonly versions: readonly { readonly version: string; readonly trainedAt?: number }[]
  /** The newest last. */
  readonly activations: readonly Activation[]
  /** What was put in force and rolled back lately, by whom and why, the newest first: also what is no activation any more. */
  readonly history: readonly RuleAct[]
}

/** A change of the rules in force, as the audit trail tells it: `version` is in force by it. */
export type RuleAct = {
  readonly at: number
  readonly act: 'activated' | 'rolled back'
  readonly version: string
  readonly errorBudget?: number
  readonly by: string
  readonly reason: string
}

/** Changes of the rules that are told. */
const MOST_ACTS = 20

/** A change of the rules; undefined for an event that an earlier PIAS wrote otherwise. */
const ruleActOf = ({ at, data }: FoundAuditEvent): RuleAct | undefined => {
  const parsed = ruleActData.safeParse(data)
  if (!parsed.success) return undefined
  const { errorBudget, ...told } = parsed.data
  return { at, ...told, ...(errorBudget !== undefined && { errorBudget }) }
}

/** Changes as they are told: counts by change, a few examples, numbers masked. */
export type ChangesView = {
  readonly outcomes: Readonly<Record<string, number>>
  readonly records: Readonly<Record<string, number>>
  readonly examples: readonly ChangeExample[]
}

/** What other rules would change of decisions: how many were weighed anew, and how many could not be. */
export type ReplayView = ChangesView & { readonly replayed: number; readonly skipped: number }

/** What other rules would change: of decisions that were made, and of those on people who have an account, made anew. */
export type RulesReplay = {
  readonly inForce: RuleName
  readonly other: RuleName
  readonly decisions: ReplayView
  /** Of decisions that were only recorded, by apps in shadow; in none of the above. */
  readonly shadow: ReplayView
  readonly people: ChangesView & { readonly decided: number; readonly ownedElsewhere: number }
}

/** Which rules, and how much they are tried on. */
export type ReplayAsked = {
  readonly version?: string
  readonly errorBudget?: number
  /** People with an account, whose decision is made anew. */
  readonly people: number
  /** Decisions of each kind, of the last `days`. */
  readonly decisions: number
  readonly days: number
  readonly onProgress?: (people: number) => void
}

/** What becomes of an activation or a way back; `nothing`: no activation is left to go back from. */
export type RulesChanged =
  | { readonly kind: 'changed'; readonly rules: MatchingRules }
  | { readonly kind: 'unknown' | 'stale' | 'nothing' }

const DAY_MS = 24 * 3600 * 1000
/** Nobody waits for these searches, and one that is late would look like a change. */
const DEADLINE_MS = 60_000
/** Decisions of each kind that are counted. */
const MOST_COUNTED = 20_000

const nameOf = ({ model, errorBudget }: RuleSet): RuleName => ({ version: model.version, errorBudget })

/** Numbers are masked, references too: a linker compares rules, and may not reveal. An example is found by its event. */
const maskExample = (example: ChangeExample): ChangeExample => ({
  ...example,
  records: example.records.map(record => ({
    ...record,
    customerId: maskText(record.customerId),
  })),
})

const view = ({ outcomes, records, examples }: RuleChanges): ChangesView => ({
  outcomes: Object.fromEntries(outcomes),
  records: Object.fromEntries(records),
  examples: examples.map(maskExample),
})

const viewReplay = (replayed: DecisionsReplay): ReplayView => ({
  replayed: replayed.decisions,
  skipped: replayed.skipped,
  ...view(replayed),
})

/**
 * The rules that decide who is linked, before and after they do: what others would change, putting them in force, how
 * decisions came out since, and the way back.
 * @see docs/decisions/0077-rules-before-they-bite.md
 */
export const createRuleOperations = (
  deps: CompareModelsDeps & { audit: Pick<AuditPort, 'append' | 'search'>; keys: KeysPort; clock: Clock },
) => {
  const { audit, keys, clock, matching } = deps

  const inForce = async (): Promise<RuleSet> => {
    const { model, errorBudget = matching.errorBudget } = await createModelInForce({ keys, clock })()
    return { model, errorBudget }
  }

  const list = async (): Promise<MatchingRules> => {
    const [activations, names, current, changes] = await Promise.all([
      listActivations(keys),
      listVersions(keys),
      inForce(),
      audit.search({ type: 'matching.model', limit: MOST_ACTS }),
    ])
    const versions = await Promise.all(
      names.map(async version => {
        const trainedAt = (await findTrained(keys, version))?.trainedAt
        return { version, ...(trainedAt !== undefined && { trainedAt }) }
      }),
    )
    const history = changes.map(ruleActOf).filter(act => act !== undefined)
    return { state: stateOf(activations), inForce: nameOf(current), versions, activations, history }
  }

  /** The audit trail is told first, so that nothing is in force without it. */
  const change = async (
    looked: number,
    data: { readonly [name: string]: string | number },
    run: () => Promise<boolean>,
  ): Promise<RulesChanged> => {
    if (stateOf(await listActivations(keys)) !== looked) return { kind: 'stale' }
    await audit.append([{ at: clock(), type: 'matching.model', data }])
    return (await run()) ? { kind: 'changed', rules: await list() } : { kind: 'stale' }
  }

  return {
    list,

    /** Says what other rules would change; undefined where there is no such version. Writes nothing. */
    replay: async (asked: ReplayAsked): Promise<RulesReplay | undefined> => {
      const current = await inForce()
      const model = asked.version === undefined ? current.model : await findModel(keys, asked.version)
      if (model === undefined) return undefined
      const other: RuleSet = { model, errorBudget: asked.errorBudget ?? current.errorBudget }
      const from = clock() - asked.days * DAY_MS
      const query = { from, most: asked.decisions }
      const decisions = await replayDecisions(deps, other, query)
      const shadow = await replayDecisions(deps, other, { ...query, kind: 'shadow' })
      const patient = { ...deps, matching: { ...matching, deadlineMs: DEADLINE_MS } }
      const people = await compareModels(
        patient,
        { inForce: current, other },
        { most: asked.people, from, ...(asked.onProgress && { onProgress: asked.onProgress }) },
      )
      return {
        inForce: nameOf(current),
        other: nameOf(other),
        decisions: viewReplay(decisions),
        shadow: viewReplay(shadow),
        people: { decided: people.people, ownedElsewhere: people.ownedElsewhere, ...view(people) },
      }
    },

    /** Puts a version in force, over what was looked at: its `state`. Without an error budget the configured one holds. */
    activate: async (input: {
      version: string
      errorBudget?: number
      looked: number
      by: string
      reason: string
    }): Promise<RulesChanged> => {
      const { version, errorBudget, looked, by, reason } = input
      if ((await findModel(keys, version)) === undefined) return { kind: 'unknown' }
      const rules = { version, ...(errorBudget !== undefined && { errorBudget }) }
      return change(
        looked,
        { act: 'activated', ...rules, by, reason },
        async () => (await activateModel(keys, { ...rules, at: clock() }, looked)) === 'done',
      )
    },

    /** Puts in force what was before, at last the built-in model. */
    rollBack: async ({ looked, by, reason }: { looked: number; by: string; reason: string }): Promise<RulesChanged> => {
      const activations = await listActivations(keys)
      if (activations.length === 0) return { kind: 'nothing' }
      const before = activations.at(-2)
      const version = before?.version ?? (await listVersions(keys))[0] ?? ''
      return change(
        looked,
        { act: 'rolled back', version, by, reason },
        async () => (await rollBackModel(keys, looked)) !== undefined,
      )
    },

    /** How decisions came out since a moment (epoch milliseconds), by the rules that made them. */
    outcomes: (from: number): Promise<readonly RuleOutcomes[]> => countOutcomes(audit, { from, most: MOST_COUNTED }),
  }
}

/** The operations on the rules of matching. */
export type RuleOperations = ReturnType<typeof createRuleOperations>
