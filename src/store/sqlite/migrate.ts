import { PiasError } from '#src/kernel/errors.ts'
import type { Database } from './database.ts'

/** What a file holds: one script per version. A script that was released is never edited; changes are a new one. */
export type Migrations = readonly string[]

/**
 * Brings a file to the newest version, in one transaction; `user_version` counts the scripts that ran.
 * @throws PiasError `store.unusable` for a file of a later PIAS
 */
export const migrate = (db: Database, migrations: Migrations): void => {
  const readVersion = db.prepare<{ user_version: number }>('PRAGMA user_version')
  const pending = (): Migrations => {
    const version = readVersion.get()?.user_version ?? 0
    if (version > migrations.length) throw new PiasError('store.unusable', 'was written by a later version of PIAS')
    return migrations.slice(version)
  }
  if (pending().length === 0) return
  db.transaction(() => {
    // Read again under the lock: another process may have been faster.
    for (const script of pending()) db.exec(script)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}
