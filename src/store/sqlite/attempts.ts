import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'
import { createSweeper, type Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

/** Login attempts on SQLite. */
export const createAttempts = (db: Database, commits: GroupCommit, clock: Clock): AttemptsPort => {
  const sweep = createSweeper(db, 'attempts', clock)
  const insert = db.prepare(
    `INSERT INTO attempts (uid, version, data, expires_at) VALUES (:uid, 1, :data, :end)
     ON CONFLICT (uid) DO UPDATE SET version = 1, data = :data, expires_at = :end WHERE expires_at <= :now`,
  )
  const select = db.prepare<{ version: number; data: string }>(
    'SELECT version, data FROM attempts WHERE uid = ? AND expires_at > ?',
  )
  const swap = db.prepare(
    'UPDATE attempts SET version = version + 1, data = ? WHERE uid = ? AND version = ? AND expires_at > ?',
  )

  return {
    create: (uid, data, ttlSeconds) =>
      commits.write(() => {
        sweep()
        const now = clock()
        const created = insert.run({ uid, data: JSON.stringify(data), now, end: now + ttlSeconds * 1000 })
        if (created === 0) throw new PiasError('server.failed', 'a login attempt with this id exists already')
        return 1
      }),

    find: async uid => {
      const row = select.get(uid, clock())
      return row && { version: row.version, data: JSON.parse(row.data) as Json }
    },

    transition: (uid, version, data) =>
      commits.write(() => {
        sweep()
        return swap.run(JSON.stringify(data), uid, version, clock()) === 1 ? 'ok' : 'stale'
      }),
  }
}
