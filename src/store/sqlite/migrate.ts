import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { BY_ITSELF, schemaEvent } from '#src/store/ports/schema-events.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

/** What a file holds: one script per version. A script that was released is never edited; changes are a new one. */
export type Migrations = readonly string[]

/** Writes down in the audit trail of the file that it came from one version to another. */
export const noteMigrated =
  (db: Database, clock: Clock) =>
  (from: number, to: number): void =>
    prepareAppend(db)([schemaEvent({ at: clock(), type: 'schema.migrated', data: { by: BY_ITSELF, from, to } })])

/**
 * Brings a file to the newest version, in one transaction; `user_version` counts the scripts that ran.
 * @param note writes down, in that transaction, that a file there was has come from one version to another
 * @throws PiasError `store.unusable` for a file of a later PIAS
 */
export const migrate = (db: Database, migrations: Migrations, note?: (from: number, to: number) => void): void => {
  const readVersion = db.prepare<{ user_version: number }>('PRAGMA user_version')
  const versionOf = () => readVersion.get()?.user_version ?? 0
  const pending = (): Migrations => {
    const version = versionOf()
    if (version > migrations.length) throw new PiasError('store.unusable', 'was written by a later version of PIAS')
    return migrations.slice(version)
  }
  if (pending().length === 0) return
  db.transaction(() => {
    // Read again under the lock: another process may have been faster.
    const from = versionOf()
    for (const script of pending()) db.exec(script)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
    if (from > 0 && from < migrations.length) note?.(from, migrations.length)
  })
}
