import { z } from 'zod'
import { notFound, stale } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import { DECISION_KINDS, DECISION_OUTCOMES, decisionCounts, stepCounts } from '#src/rollout/decision-counts.ts'
import { rolloutPolicySchema } from '#src/rollout/policy.ts'
import type { Rollouts } from '#src/rollout/rollouts.ts'
import type { FunnelPort } from '#src/store/ports/funnel.ts'
import { clientParams, reason } from './schemas.ts'

const HISTORY = 50

const versionView = z.strictObject({ version: z.number(), at: z.number(), by: z.string(), reason: z.string() })
const policyView = z.strictObject({
  policy: rolloutPolicySchema,
  fromFile: z.boolean().describe('Whether the file of the app has a policy: it holds where none is stored.'),
  before: z
    .strictObject({ policy: rolloutPolicySchema, stored: z.boolean().describe('Else that of the file, or none.') })
    .optional()
    .describe('What going back one step would put in force; absent where nothing is stored.'),
  versions: z.array(versionView),
})
const countView = z.strictObject({ day: z.string(), method: z.string(), step: z.string(), count: z.number() })

const decisionView = z.strictObject({
  day: z.string(),
  kind: z.enum(DECISION_KINDS).describe('Acted on, or only recorded.'),
  outcome: z.enum(DECISION_OUTCOMES),
  count: z.number(),
})

/** Counters of how matching came out. */
export const decisionsView = z.strictObject({ counts: z.array(decisionView) })

const funnelView = z.strictObject({
  counts: z.array(countView),
  decisions: decisionsView.shape.counts.describe('What showDecisions tells.'),
})

/**
 * Routes about who logs in how at an app, and since when.
 * @param deps.isClient whether there is such an app; afterwards `deps.rollouts` knows what its metadata say now
 */
export const rolloutRoutes = (deps: {
  rollouts: Rollouts
  funnel: Pick<FunnelPort, 'list'>
  isClient: (clientId: string) => Promise<boolean>
}): readonly Route[] => {
  const { rollouts, funnel, isClient } = deps

  const show = async (clientId: string) => {
    // In this order: whoever changes a policy by this version never changes an older one than is in force.
    const history = await rollouts.history(clientId, HISTORY)
    const policy = await rollouts.policyOf(clientId)
    const before = await rollouts.before(clientId)
    const fromFile = rollouts.hasFile(clientId)
    const versions = history.map(({ version, at, by, reason: why }) => ({ version, at, by, reason: why }))
    return {
      status: 200,
      body: { policy, fromFile, ...(before && { before }), versions },
      etag: history[0]?.version ?? 0,
    }
  }

  /** A change over the version that was looked at. */
  const change = async (clientId: string, run: () => ReturnType<Rollouts['revert']>) => {
    if (!(await isClient(clientId))) return notFound('client')
    const changed = await run()
    if (changed.kind === 'overtaken') return stale()
    if (changed.kind === 'nothing') {
      return { status: 409, code: 'nothing', title: 'there is no stored policy: that of the file is in force' }
    }
    return show(clientId)
  }

  return [
    route({
      method: 'get',
      path: '/clients/{clientId}/rollout',
      id: 'showRollout',
      roles: ['viewer'],
      summary: 'Shows the policy in force and its versions; the ETag is the newest',
      params: clientParams,
      answer: { status: 200, description: 'The policy.', schema: policyView, etag: true },
      problems: [404],
      run: async ({ params: { clientId } }) => ((await isClient(clientId)) ? show(clientId) : notFound('client')),
    }),
    route({
      method: 'put',
      path: '/clients/{clientId}/rollout',
      id: 'setRollout',
      roles: ['client-owner'],
      fresh: true,
      ifMatch: true,
      params: clientParams,
      summary: 'Puts a policy in force, from the next request on, on every node',
      body: z.strictObject({ policy: rolloutPolicySchema, reason }),
      answer: { status: 200, description: 'The policy.', schema: policyView, etag: true },
      problems: [404],
      run: async ({ params: { clientId }, body, version: seen = 0, caller }) =>
        change(clientId, () => rollouts.set({ clientId, by: caller.accountId, seen, ...body })),
    }),
    route({
      method: 'delete',
      path: '/clients/{clientId}/rollout',
      id: 'revertRollout',
      roles: ['client-owner'],
      fresh: true,
      ifMatch: true,
      params: clientParams,
      summary: 'Puts the policy before the one in force in force again',
      query: z.strictObject({ reason }),
      answer: { status: 200, description: 'The policy.', schema: policyView, etag: true },
      problems: [404, 409],
      run: async ({ params: { clientId }, query, version: seen = 0, caller }) =>
        change(clientId, () => rollouts.revert({ clientId, by: caller.accountId, seen, ...query })),
    }),
    route({
      method: 'get',
      path: '/clients/{clientId}/funnel',
      id: 'showFunnel',
      roles: ['viewer'],
      summary: 'Tells how many people came how far, by day, method and step, and how matching came out on the way',
      params: clientParams,
      query: z.strictObject({ since: z.iso.date().describe('The first day (UTC).') }),
      answer: { status: 200, description: 'Counters.', schema: funnelView },
      problems: [404],
      run: async ({ params: { clientId }, query: { since } }) => {
        if (!(await isClient(clientId))) return notFound('client')
        const all = await funnel.list([clientId], since)
        const counts = stepCounts(all).map(({ day, method, step, count }) => ({ day, method, step, count }))
        return { status: 200, body: { counts, decisions: [...decisionCounts(all)] } }
      },
    }),
    route({
      method: 'get',
      path: '/clients/{clientId}/decisions',
      id: 'showDecisions',
      roles: ['viewer'],
      summary: 'Tells how matching came out, and would have come out in shadow, by day, kind and outcome',
      params: clientParams,
      query: z.strictObject({ since: z.iso.date().describe('The first day (UTC).') }),
      answer: { status: 200, description: 'Counters.', schema: decisionsView },
      problems: [404],
      run: async ({ params: { clientId }, query: { since } }) =>
        (await isClient(clientId))
          ? { status: 200, body: { counts: [...decisionCounts(await funnel.list([clientId], since))] } }
          : notFound('client'),
    }),
  ]
}
