import { z } from 'zod'
import { type Route, route } from '#src/admin/api/route.ts'
import { CSV_HEADER, searchAll, toCsvLine, toJsonLine } from '#src/audit/export.ts'
import { maskEvent } from '#src/audit/mask.ts'
import type { AuditPort, AuditSearch } from '#src/store/ports/audit.ts'
import { eventPage, nextOf, paging, parseCursor } from './schemas.ts'

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

/** Routes about what happened. */
export const auditRoutes = ({ audit }: { audit: Pick<AuditPort, 'search'> }): readonly Route[] => {
  async function* lines(filter: Omit<AuditSearch, 'limit'>, format: 'jsonl' | 'csv'): AsyncGenerator<string> {
    if (format === 'csv') yield CSV_HEADER
    for await (const event of searchAll(audit, filter)) {
      yield format === 'csv' ? toCsvLine(maskEvent(event)) : toJsonLine(maskEvent(event))
    }
  }

  return [
    route({
      ...{ method: 'get', path: '/audit/events', id: 'searchAudit', roles: ['viewer'], problems: [] },
      summary: 'Finds events, newest first, with numbers of people masked',
      query: z.strictObject({ ...conditions, ...paging }),
      answer: { status: 200, description: 'Events.', schema: eventPage },
      run: async ({ query: { limit, cursor, ...rest } }) => {
        const from = cursor === undefined ? undefined : parseCursor(cursor)
        const before = from === undefined ? {} : { before: { at: from.at, sequence: Number(from.id) } }
        const events = (await audit.search({ ...toFilter(rest), limit, ...before })).map(maskEvent)
        return { status: 200, body: { events, ...nextOf(events, limit, ({ at, sequence }) => [at, sequence]) } }
      },
    }),
    route({
      ...{ method: 'get', path: '/audit/export', id: 'exportAudit', roles: ['security'], personal: true, problems: [] },
      summary: 'All events that fit, newest first, masked',
      query: z.strictObject({ ...conditions, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
      answer: { status: 200, description: 'A line an event.', types: ['application/jsonl', 'text/csv'] },
      run: async ({ query: { format, ...rest } }) => ({
        status: 200,
        stream: { type: format === 'csv' ? 'text/csv' : 'application/jsonl', parts: lines(toFilter(rest), format) },
      }),
    }),
  ]
}
