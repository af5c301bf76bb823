import { z } from 'zod'
import { type Answer, type Route, route } from '#src/admin/api/route.ts'
import { CSV_HEADER, searchAll, toCsvLine, toJsonLine } from '#src/audit/export.ts'
import { maskEvent } from '#src/audit/mask.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort, AuditSearch, FoundAuditEvent } from '#src/store/ports/audit.ts'
import { beforeOf, eventPage, nextOf, paging, reason } from './schemas.ts'

const moment = z.coerce.number().int().nonnegative().describe('Epoch milliseconds.').optional()

/** What is looked for: every condition that is given holds. */
const conditions = {
  account: z.string().min(1).max(128).optional(),
  client: z.string().min(1).max(128).optional(),
  type: z.string().min(1).max(64).optional(),
  from: moment,
  to: moment,
}

type Conditions = z.output<z.ZodObject<typeof conditions>>

const toFilter = ({ account, client, type, from, to }: Conditions): Omit<AuditSearch, 'limit'> => ({
  ...(account !== undefined && { accountId: account }),
  ...(client !== undefined && { clientId: client }),
  ...(type !== undefined && { type }),
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
})

const FORMAT = z.enum(['jsonl', 'csv']).default('jsonl')

/** Routes about what happened. */
export const auditRoutes = ({
  audit,
  clock,
}: {
  audit: Pick<AuditPort, 'search' | 'append'>
  clock: Clock
}): readonly Route[] => {
  type Show = (event: FoundAuditEvent) => FoundAuditEvent

  async function* lines(
    filter: Omit<AuditSearch, 'limit'>,
    format: 'jsonl' | 'csv',
    show: Show,
  ): AsyncGenerator<string> {
    if (format === 'csv') yield CSV_HEADER
    for await (const event of searchAll(audit, filter)) {
      yield format === 'csv' ? toCsvLine(show(event)) : toJsonLine(show(event))
    }
  }

  const exportOf = (given: Conditions & { format: 'jsonl' | 'csv' }, show: Show): Answer => {
    const { format, ...rest } = given
    const type = format === 'csv' ? 'text/csv' : 'application/jsonl'
    return { status: 200, stream: { type, parts: lines(toFilter(rest), format, show) } }
  }

  return [
    route({
      method: 'get',
      path: '/audit/events',
      id: 'searchAudit',
      roles: ['viewer'],
      problems: [],
      summary: 'Finds events, newest first, with numbers of people masked',
      query: z.strictObject({ ...conditions, ...paging }),
      answer: { status: 200, description: 'Events.', schema: eventPage },
      run: async ({ query: { limit, cursor, ...rest } }) => {
        const events = (await audit.search({ ...toFilter(rest), limit, ...beforeOf(cursor) })).map(maskEvent)
        return { status: 200, body: { events, ...nextOf(events, limit, ({ at, sequence }) => [at, sequence]) } }
      },
    }),
    route({
      method: 'get',
      path: '/audit/export',
      id: 'exportAudit',
      roles: ['security'],
      personal: true,
      problems: [],
      summary: 'All events that fit, newest first, masked',
      query: z.strictObject({ ...conditions, format: FORMAT }),
      answer: { status: 200, description: 'A line an event.', types: ['application/jsonl', 'text/csv'] },
      run: async ({ query }) => exportOf(query, maskEvent),
    }),
    route({
      method: 'post',
      path: '/audit/reveal',
      id: 'revealAudit',
      roles: ['security'],
      problems: [],
      fresh: true,
      personal: true,
      summary: 'The same with numbers of people, for a reason',
      body: z.strictObject({ ...conditions, format: FORMAT, reason }),
      answer: { status: 200, description: 'A line an event.', types: ['application/jsonl', 'text/csv'] },
      run: async ({ body: { reason: why, ...given }, caller: { accountId: by } }) => {
        await audit.append([{ at: clock(), type: 'audit.revealed', data: { by, reason: why } }])
        return exportOf(given, event => event)
      },
    }),
  ]
}
