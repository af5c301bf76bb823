import type { FunnelCount, FunnelPort } from '#src/store/ports/funnel.ts'
import type { Database } from './database.ts'

type Row = Omit<FunnelCount, 'clientId'> & { client_id: string }

/** Counters of the funnel on SQLite. */
export const createFunnel = (db: Database): FunnelPort => {
  const add = db.prepare(
    `INSERT INTO funnel (client_id, day, method, step, count) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  )
  const list = db.prepare<Row>(
    `SELECT client_id, day, method, step, count FROM funnel WHERE client_id = ? AND day >= ?
     ORDER BY day, method, step`,
  )
  const total = db.prepare<Omit<FunnelCount, 'clientId'>>(
    `SELECT day, method, step, SUM(count) AS count FROM funnel WHERE day >= ?
     GROUP BY day, method, step ORDER BY day, method, step`,
  )
  const busiest = db.prepare<{ client_id: string }>(
    `SELECT client_id FROM funnel WHERE day >= ? AND step = 'started'
     GROUP BY client_id ORDER BY SUM(count) DESC, client_id LIMIT ?`,
  )
  return {
    add: async counts =>
      db.transaction(() => {
        for (const { clientId, day, method, step, count } of counts) add.run(clientId, day, method, step, count)
      }),
    list: async (clientId, sinceDay) =>
      list.all(clientId, sinceDay).map(({ client_id, ...count }) => ({ clientId: client_id, ...count })),
    total: async sinceDay => total.all(sinceDay).map(row => ({ ...row })),
    busiest: async (sinceDay, limit) => busiest.all(sinceDay, limit).map(row => row.client_id),
  }
}
