import { z } from 'zod'
import { createHourlyLimit } from '#src/admin/api/hourly-limit.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { createDecisionOperations } from '#src/admin/operations/decisions.ts'
import { mayReveal } from '#src/admin/roles.ts'
import { type ViewAlarms, WINDOW_MS } from '#src/alarms/create-alarms.ts'
import { ALARMS } from '#src/alarms/judge-alarms.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { decisionView } from './schemas.ts'

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
  from: time.describe('Where the hour begins that is counted as the window; it ends `at`.'),
  window: counts,
  before: counts,
  alarms: z.array(z.strictObject({ name: z.enum(ALARMS), value: z.number(), expected: z.number(), since: time })),
})

/** The record that came up for most people in an hour, and in which decisions. */
export const busiestView = z.strictObject({
  from: time,
  to: time,
  record: z.strictObject({ serviceLine: z.string(), customerId: z.string() }).optional(),
  people: z.number().describe('Different people for whom it was linked or offered.'),
  count: z.number().describe('Decisions in which it was linked or offered.'),
  decisions: z.array(decisionView),
})

/** Looks at the decisions of an hour that one admin has in an hour: each reads thousands of events. */
const MOST_AN_HOUR = 60
/** What a date can be at most, in epoch milliseconds. */
const LAST_MOMENT = 8.64e15

/** The routes about whether linking goes as it uses to. */
export const alarmRoutes = (deps: {
  viewAlarms: ViewAlarms
  decisions: Pick<ReturnType<typeof createDecisionOperations>, 'onBusiestRecord'>
  limits: LimitsPort
}): readonly Route[] => {
  const tooMany = createHourlyLimit({
    ...deps,
    name: 'busiest-record',
    what: 'looks at the decisions of an hour',
    most: MOST_AN_HOUR,
  })
  return [
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
      run: async () => ({ status: 200, body: await deps.viewAlarms() }),
    }),
    route({
      method: 'get',
      path: '/alarms/record',
      id: 'showBusiestRecord',
      roles: ['viewer'],
      personal: true,
      problems: [429],
      summary:
        'Tells which record came up for most people in an hour, and the newest 200 decisions about it: what is behind identities-per-record',
      query: z.strictObject({
        to: z.coerce
          .number()
          .int()
          .positive()
          .max(LAST_MOMENT)
          .optional()
          .describe('The end of the hour; without, that of the last look.'),
      }),
      answer: {
        status: 200,
        description:
          'How many; to roles that may reveal also the record, by a reference that who knows its number can make again, and each decision with this record alone.',
        schema: busiestView,
      },
      run: async ({ query, caller }) => {
        const refused = await tooMany(caller)
        if (refused !== undefined) return refused
        const to = query.to ?? (await deps.viewAlarms()).at
        const time = { from: Math.max(0, to - WINDOW_MS), to }
        const told = await deps.decisions.onBusiestRecord(time)
        // An account beside the reference of its record is its number to whoever tries all numbers.
        const shown = mayReveal(caller.roles) ? told : { people: told.people, count: told.count, decisions: [] }
        return { status: 200, body: { ...time, ...shown } }
      },
    }),
  ]
}
