import type { Clock } from '#src/kernel/runtime.ts'
import type { GrantsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'
import { createArtifacts, type Row, toArtifact } from './artifacts.ts'
import type { Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

/** Grants and refresh tokens on SQLite: artifacts of the durable file that are found by whose they are, too. */
export const createGrants = (db: Database, commits: GroupCommit, clock: Clock): GrantsPort => {
  const selectAllByUid = db.prepare<Row>(
    `SELECT payload, consumed_at FROM artifacts
     WHERE model = ? AND uid = ? AND expires_at > ? ORDER BY expires_at DESC LIMIT ?`,
  )
  return {
    ...createArtifacts(db, commits, clock),
    findAllByUid: async (model, uid, limit) =>
      selectAllByUid.all(model, uid, clock(), limit).map(row => toArtifact(row) as StoredArtifact),
  }
}
