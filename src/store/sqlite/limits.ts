import type { Clock } from '#src/kernel/runtime.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { createSweeper, type Database } from './database.ts'

/** Counters of attempts on SQLite. */
export const createLimits = (db: Database, clock: Clock): LimitsPort => {
  const sweep = createSweeper(db, 'limits', clock)
  const count = db.prepare<{ hits: number; end: number }>(
    `INSERT INTO limits (key, hits, expires_at) VALUES (:key, :count, :end)
     ON CONFLICT (key) DO UPDATE SET
       hits = CASE WHEN expires_at > :now THEN hits + :count ELSE :count END,
       expires_at = CASE WHEN expires_at > :now THEN expires_at ELSE :end END
     RETURNING hits, expires_at AS end`,
  )

  const hitTimed: LimitsPort['hitTimed'] = async (key, windowSeconds, more = 1) => {
    sweep()
    const now = clock()
    const ends = now + windowSeconds * 1000
    // `all` steps to the end, so that a failing commit is an error; `get` would stop at the row before it.
    const [{ hits, end } = { hits: more, end: ends }] = count.all({ key, count: more, now, end: ends })
    return { hits, leftSeconds: Math.ceil((end - now) / 1000) }
  }

  return { hitTimed, hit: async (...values) => (await hitTimed(...values)).hits }
}
