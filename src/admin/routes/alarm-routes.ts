import { z } from 'zod'
import { type Route, route } from '#src/admin/api/route.ts'
import type { ViewAlarms } from '#src/alarms/create-alarms.ts'
import { ALARMS } from '#src/alarms/judge-alarms.ts'

const time = z.number().describe('Epoch milliseconds.')
const counts = z.strictObject({
  decisions: z.number(),
  linked: z.number(),
  confirm: z.number(),
  acceptedProofs: z.number(),
  refusedProofs: z.number(),
  mostOnOneRecord: z.number(),
})

/** Counts, and what is not as usual of them. */
export const alarmsView = z.strictObject({
  at: time.describe('When a node looked last, epoch milliseconds; 0 for never.'),
  window: counts,
  before: counts,
  alarms: z.array(z.strictObject({ name: z.enum(ALARMS), value: z.number(), expected: z.number(), since: time })),
})

/** The route about whether linking goes as it uses to. */
export const alarmRoutes = ({ viewAlarms }: { viewAlarms: ViewAlarms }): readonly Route[] => [
  route({
    method: 'get',
    path: '/alarms',
    id: 'listAlarms',
    roles: ['viewer'],
    problems: [],
    summary:
      'Tells whether linking goes as it uses to: the last hour, the week before it, and the alarms that are raised',
    answer: {
      status: 200,
      description: 'Counts, and alarms with what was found and what would be all right.',
      schema: alarmsView,
    },
    run: async () => ({ status: 200, body: await viewAlarms() }),
  }),
]
