import { z } from 'zod'
import { notFound, type Problem, stale } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { RuleOperations, RulesChanged } from '#src/admin/operations/matching-rules.ts'
import { reason } from './schemas.ts'

const version = z.string().min(1).max(64).describe('A version of the model, as the list has it.')
const errorBudget = z.number().gt(0).max(0.001).describe('Accepted probability that one automatic link is wrong.')
const time = z.number().describe('Epoch milliseconds.')
const ruleName = z.strictObject({ version: z.string(), errorBudget: z.number() })
/** The rules as they are told. */
export const rulesView = z.strictObject({
  inForce: ruleName,
  versions: z.array(z.strictObject({ version: z.string(), trainedAt: time.optional() })),
  activations: z
    .array(z.strictObject({ version: z.string(), at: time, errorBudget: z.number().optional() }))
    .describe('The newest last.'),
  history: z
    .array(
      z.strictObject({
        at: time,
        act: z.enum(['activated', 'rolled back']),
        version: z.string(),
        errorBudget: z.number().optional(),
        by: z.string(),
        reason: z.string(),
      }),
    )
    .describe('What was put in force and rolled back lately, by whom and why, the newest first.'),
})
const counts = z.record(z.string(), z.number()).describe('Numbers by change, as `link → confirm`.')
const side = z.strictObject({ verdict: z.string(), because: z.string(), wrong: z.number() })
const changes = {
  outcomes: counts,
  records: counts,
  examples: z.array(
    z.strictObject({
      change: z.string(),
      accountId: z.string().optional(),
      event: z.number().optional(),
      records: z.array(z.strictObject({ serviceLine: z.string(), customerId: z.string(), before: side, after: side })),
    }),
  ),
}
const replayedView = z.strictObject({ replayed: z.number(), skipped: z.number(), ...changes })
/** What other rules would change. */
export const replayView = z.strictObject({
  inForce: ruleName,
  other: ruleName,
  decisions: replayedView.describe('Decisions that were acted on, against how they came out then.'),
  shadow: replayedView.describe('Decisions that were only recorded, by apps in shadow: in none of the above.'),
  people: z
    .strictObject({ decided: z.number(), ownedElsewhere: z.number(), ...changes })
    .describe(
      'People who have an account, decided anew by both; `ownedElsewhere`: records that would be linked wrongly.',
    ),
})
/** How decisions came out. */
export const outcomesView = z.strictObject({
  rules: z.array(
    z.strictObject({
      ruleVersion: z.string(),
      errorBudget: z.number(),
      first: time,
      last: time,
      outcomes: z.record(z.string(), z.number()).describe('Decisions by outcome.'),
      shadow: z.record(z.string(), z.number()).describe('Those that were only recorded, by outcome; in none above.'),
    }),
  ),
})

const BUSY: Problem = { status: 409, code: 'busy', title: 'rules are being tried on this node: wait for it to end' }

const NOTHING_BEFORE: Problem = { status: 409, code: 'nothing', title: 'the built-in model is in force' }

/** Routes about the rules that decide who is linked. */
export const matchingRoutes = ({ rules }: { rules: RuleOperations }): readonly Route[] => {
  let isBusy = false

  const answer = (changed: RulesChanged) => {
    if (changed.kind === 'nothing') return NOTHING_BEFORE
    if (changed.kind !== 'changed') return changed.kind === 'unknown' ? notFound('version') : stale()
    const { state, ...body } = changed.rules
    return { status: 200, body, etag: state }
  }

  return [
    route({
      method: 'get',
      path: '/matching/rules',
      id: 'showRules',
      roles: ['viewer'],
      problems: [],
      summary: 'Shows which model and error budget decide, and those that could; the ETag goes with a change',
      answer: { status: 200, description: 'The rules.', schema: rulesView, etag: true },
      run: async () => answer({ kind: 'changed', rules: await rules.list() }),
    }),
    route({
      method: 'post',
      path: '/matching/replay',
      id: 'replayRules',
      roles: ['linker', 'security'],
      personal: true,
      summary: 'Tells what another model or error budget would change, by class and with examples; nothing is changed',
      body: z.strictObject({
        version: version.optional(),
        errorBudget: errorBudget.optional(),
        people: z.int().min(0).max(2000).default(500).describe('People with an account who are decided on anew.'),
        decisions: z.int().min(0).max(20_000).default(2000).describe('Decisions of each kind that are weighed anew.'),
        days: z.int().min(1).max(400).default(30).describe('How far back those are looked for.'),
      }),
      answer: { status: 200, description: 'What would change.', schema: replayView },
      problems: [404, 409],
      run: async ({ body: { version: other, errorBudget: budget, ...rest } }) => {
        if (isBusy) return BUSY
        isBusy = true
        const asked = { ...(other && { version: other }), ...(budget && { errorBudget: budget }), ...rest }
        const replayed = await rules.replay(asked).finally(() => {
          isBusy = false
        })
        return replayed === undefined ? notFound('version') : { status: 200, body: replayed }
      },
    }),
    route({
      method: 'put',
      path: '/matching/rules',
      id: 'activateRules',
      roles: ['security'],
      fresh: true,
      ifMatch: true,
      summary: 'Puts a model in force, on every node within a minute; without an error budget the configured one holds',
      body: z.strictObject({ version, errorBudget: errorBudget.optional(), reason }),
      answer: { status: 200, description: 'The rules.', schema: rulesView, etag: true },
      problems: [404],
      run: async ({ body, version: looked = 0, caller }) => {
        const { errorBudget: budget, ...rest } = body
        const given = budget === undefined ? {} : { errorBudget: budget }
        return answer(await rules.activate({ ...rest, ...given, looked, by: caller.accountId }))
      },
    }),
    route({
      method: 'delete',
      path: '/matching/rules',
      id: 'rollBackRules',
      roles: ['security'],
      fresh: true,
      ifMatch: true,
      query: z.strictObject({ reason }),
      summary: 'Puts in force what was before the rules in force; at last the built-in model',
      answer: { status: 200, description: 'The rules.', schema: rulesView, etag: true },
      problems: [409],
      run: async ({ query, version: looked = 0, caller }) =>
        answer(await rules.rollBack({ ...query, looked, by: caller.accountId })),
    }),
    route({
      method: 'get',
      path: '/matching/outcomes',
      id: 'watchRules',
      roles: ['viewer'],
      problems: [],
      summary: 'Counts how decisions came out since a day, by the rules that made them, those of the newest first',
      query: z.strictObject({ since: z.iso.date().describe('The first day (UTC).') }),
      answer: { status: 200, description: 'Outcomes, of at most 20,000 decisions of each kind.', schema: outcomesView },
      run: async ({ query }) => ({ status: 200, body: { rules: await rules.outcomes(Date.parse(query.since)) } }),
    }),
  ]
}
