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
  return {
    add: async counts =>
      db.transaction(() => {
        for (const { clientId, day, method, step, count } of counts) add.run(clientId, day, method, step, count)
      }),
    list: async (clientId, sinceDay) =>
      list.all(clientId, sinceDay).map(({ client_id, ...count }) => ({ clientId: client_id, ...count })),
  }
}
