import { z } from 'zod'
import { type Route, route } from '#src/admin/api/route.ts'
import type { TellOverview } from '#src/admin/operations/overview.ts'
import { decisionsView } from './rollout-routes.ts'

const counted = z.strictObject({ day: z.string(), method: z.string(), step: z.string(), count: z.number() })
const keyView = z.strictObject({
  ring: z.string(),
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['next', 'current', 'retired']),
  since: z.number(),
  until: z.number().optional(),
})

const upstreamView = z.strictObject({
  id: z.string(),
  name: z.string(),
  breaker: z.enum(['closed', 'open', 'half-open']).describe('Calls are made, are not, or are tried again.'),
  calls: z.number().describe('Calls of the last 15 minutes, 200 at most.'),
  failures: z.number().describe('Those of them that nobody answered.'),
  medianMs: z.number().optional(),
  slowestMs: z.number().optional(),
  lastFailureAt: z.number().optional(),
})

const auditView = z.strictObject({
  at: z.number().describe('When a node verified the audit trail last, epoch milliseconds; 0 for never.'),
  problems: z.array(z.string()).describe('What is not as it was written; none where the trail is whole.'),
  since: z.number().optional().describe('When that was found first.'),
})

/** The route about how PIAS is doing. */
export const overviewRoutes = ({ tellOverview }: { tellOverview: TellOverview }): readonly Route[] => [
  route({
    method: 'get',
    path: '/overview',
    id: 'showOverview',
    roles: ['viewer'],
    problems: [],
    summary:
      'Tells how PIAS is doing: logins of all apps and of the busiest, secrets that end within 30 days, keys, the audit trail',
    query: z.strictObject({ since: z.iso.date().describe('The first day (UTC); 92 days at most are told.') }),
    answer: {
      status: 200,
      description: 'Counters by day, method and step; what ends soon.',
      schema: z.strictObject({
        days: z.array(counted),
        decisions: decisionsView.shape.counts,
        apps: z.array(z.strictObject({ clientId: z.string(), counts: z.array(counted) })),
        endingSecrets: z.array(z.strictObject({ clientId: z.string(), id: z.string(), expiresAt: z.number() })),
        keys: z.array(keyView),
        upstreams: z.array(upstreamView).describe('As the node that answers sees them.'),
        audit: auditView,
      }),
    },
    run: async ({ query }) => ({ status: 200, body: await tellOverview(query.since) }),
  }),
]
