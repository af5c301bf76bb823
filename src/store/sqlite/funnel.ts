import { ALL_CLIENTS, CANDIDATES, type FunnelCount, type FunnelPort, withTotals } from '#src/store/ports/funnel.ts'
import type { Database } from './database.ts'

type Row = Omit<FunnelCount, 'clientId'> & { client_id: string }

const toCount = ({ client_id: clientId, ...count }: Row): FunnelCount => ({ clientId, ...count })

/** Counters of the funnel on SQLite. */
export const createFunnel = (db: Database): FunnelPort => {
  const add = db.prepare(
    `INSERT INTO funnel (client_id, day, method, step, count) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  )
  const list = db.prepare<Row>(
    `SELECT client_id, day, method, step, count FROM funnel
     WHERE client_id IN (SELECT value FROM json_each(?)) AND day >= ? ORDER BY client_id, day, method, step`,
  )
  const mostOfDay = db.prepare<{ client_id: string; count: number }>(
    `SELECT client_id, count FROM funnel WHERE step = 'started' AND day = ? AND client_id <> '${ALL_CLIENTS}'
     ORDER BY count DESC LIMIT ?`,
  )
  const forget = db.prepare(
    `DELETE FROM funnel WHERE (client_id, day, method, step) IN
       (SELECT client_id, day, method, step FROM funnel WHERE day < ? LIMIT ?)`,
  )
  const listAll = (clientIds: readonly string[], sinceDay: string) =>
    list.all(JSON.stringify(clientIds), sinceDay).map(toCount)

  return {
    add: async counts =>
      db.transaction(() => {
        for (const { clientId, day, method, step, count } of withTotals(counts)) {
          add.run(clientId, day, method, step, count)
        }
      }),
    list: async (clientIds, sinceDay) => listAll(clientIds, sinceDay),
    total: async sinceDay => listAll([ALL_CLIENTS], sinceDay).map(({ clientId: _, ...count }) => count),
    forget: async ({ day, limit }) => forget.run(day, limit),
    busiest: async (days, limit) => {
      const counts = new Map<string, number>()
      for (const { client_id: id, count } of days.flatMap(day => mostOfDay.all(day, limit * CANDIDATES))) {
        counts.set(id, (counts.get(id) ?? 0) + count)
      }
      return [...counts]
        .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
        .slice(0, limit)
        .map(([clientId]) => clientId)
    },
  }
}
