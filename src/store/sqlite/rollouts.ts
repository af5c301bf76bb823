import type { Json } from '#src/kernel/runtime.ts'
import type { RolloutsPort, StoredRollout } from '#src/store/ports/rollouts.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = { client_id: string; version: number; policy: string; at: number; by: string; reason: string }

const toRollout = ({ client_id, policy, ...row }: Row): StoredRollout => ({
  clientId: client_id,
  ...row,
  policy: JSON.parse(policy) as Json,
})

/** Rollout policies on SQLite. */
export const createRollouts = (db: Database): RolloutsPort => {
  const columns = 'client_id, version, policy, at, by, reason'
  const newest = db.prepare<Row>(`SELECT ${columns} FROM rollouts WHERE client_id = ? ORDER BY version DESC LIMIT ?`)
  const insert = db.prepare(`INSERT INTO rollouts (${columns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const append = prepareAppend(db)
  const currentOf = (clientId: string): StoredRollout | undefined => newest.all(clientId, 1).map(toRollout)[0]

  return {
    current: async clientId => currentOf(clientId),

    put: async ({ clientId, version, policy, at, by, reason }, events) =>
      db.transaction(() => {
        if (insert.run(clientId, version, JSON.stringify(policy), at, by, reason) === 0) return false
        append(events)
        return true
      }),

    history: async (clientId, limit) => newest.all(clientId, limit).map(toRollout),
  }
}
