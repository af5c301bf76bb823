import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { ArtifactsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'
import { createSweeper, type Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

/** A row as artifacts are read. */
export type Row = { payload: string; consumed_at: number | null }

/** What a row holds. */
export const toArtifact = (row: Row | undefined): StoredArtifact | undefined =>
  row && {
    payload: JSON.parse(row.payload) as Json,
    ...(row.consumed_at !== null && { consumedAt: row.consumed_at }),
  }

/** oidc-provider's artifacts on SQLite: one table in each file, the durable one for what must not revive. */
export const createArtifacts = (db: Database, commits: GroupCommit, clock: Clock): ArtifactsPort => {
  const sweep = createSweeper(db, 'artifacts', clock)
  // An expired artifact that was not swept yet hands down neither its payload nor its consumption.
  const upsert = db.prepare(
    `INSERT INTO artifacts (model, id, payload, expires_at, grant_id, uid, user_code)
     VALUES (:model, :id, :payload, :end, :grantId, :uid, :userCode)
     ON CONFLICT (model, id) DO UPDATE SET
       payload = :payload, grant_id = :grantId, uid = :uid, user_code = :userCode,
       consumed_at = CASE WHEN expires_at > :now THEN consumed_at END, expires_at = :end`,
  )
  const insert = db.prepare(
    `INSERT INTO artifacts (model, id, payload, expires_at) VALUES (:model, :id, '{}', :end)
     ON CONFLICT (model, id) DO UPDATE SET
       payload = '{}', expires_at = :end, consumed_at = NULL, grant_id = NULL, uid = NULL, user_code = NULL
     WHERE expires_at <= :now`,
  )
  // After a changed id, an older artifact may hold the same uid for a moment: the newest is meant.
  const selectBy = (column: 'id' | 'uid' | 'user_code') =>
    db.prepare<Row>(
      `SELECT payload, consumed_at FROM artifacts
       WHERE model = ? AND ${column} = ? AND expires_at > ? ORDER BY rowid DESC LIMIT 1`,
    )
  const selectById = selectBy('id')
  const selectByUid = selectBy('uid')
  const selectByUserCode = selectBy('user_code')
  const consume = db.prepare(
    `UPDATE artifacts SET consumed_at = :now
     WHERE model = :model AND id = :id AND consumed_at IS NULL AND expires_at > :now`,
  )
  const remove = db.prepare('DELETE FROM artifacts WHERE model = ? AND id = ?')
  const removeByGrant = db.prepare('DELETE FROM artifacts WHERE model = ? AND grant_id = ?')

  return {
    upsert: (model, id, payload, ttlSeconds, { grantId, uid, userCode }) => {
      const now = clock()
      const values = {
        model,
        id,
        payload: JSON.stringify(payload),
        now,
        end: now + ttlSeconds * 1000,
        grantId: grantId ?? null,
        uid: uid ?? null,
        userCode: userCode ?? null,
      }
      return commits.write(() => {
        sweep()
        upsert.run(values)
      })
    },

    insertOnce: (model, id, ttlSeconds) =>
      commits.write(() => {
        sweep()
        const now = clock()
        return insert.run({ model, id, now, end: now + ttlSeconds * 1000 }) === 1
      }),

    find: async (model, id) => toArtifact(selectById.get(model, id, clock())),
    findByUid: async (model, uid) => toArtifact(selectByUid.get(model, uid, clock())),
    findByUserCode: async (model, userCode) => toArtifact(selectByUserCode.get(model, userCode, clock())),

    consume: (model, id) =>
      commits.write(() => {
        sweep()
        return consume.run({ model, id, now: clock() }) === 1
      }),

    destroy: (model, id) =>
      commits.write(() => {
        remove.run(model, id)
      }),

    revokeByGrantId: (model, grantId) =>
      commits.write(() => {
        removeByGrant.run(model, grantId)
      }),
  }
}
