import type { Clock } from '#src/kernel/runtime.ts'
import type { MigrationsPort } from '#src/store/ports/migrations.ts'
import { BY_ITSELF, schemaEvent } from '#src/store/ports/schema-events.ts'
import { createAppend } from './audit.ts'
import type { Connection } from './connection/connection.ts'
import { toPiasError } from './connection/failures.ts'
import { collectionsOf } from './documents.ts'
import { type EndMigration, migrateUp, readMigrations } from './schema/migrate.ts'
import { findMissingIndexes } from './schema/missing-indexes.ts'
import { createSequence } from './sequence.ts'

/** How long to wait while another node migrates the same database. */
const MIGRATION_WAIT_MS = 60_000
const RETRIES = 3

/** The schema of a database, whatever state it is in. */
export const createMigrations = ({ db, run, transaction }: Connection, clock: Clock): MigrationsPort => {
  const append = createAppend(collectionsOf(db), createSequence(clock))

  /** As it is done: whoever is killed before has the migration ended, and written down, by whoever runs it again. */
  const endBy =
    (by: string): EndMigration =>
    ({ version, name, steps }, end): Promise<void> =>
      transaction(RETRIES, async session => {
        await end(session)
        const data = { by, version, name, steps: steps.length }
        await append([schemaEvent({ at: clock(), type: 'schema.migrated', data })], session)
      })

  return {
    list: () => run(() => readMigrations(db)),
    missingIndexes: () => run(() => findMissingIndexes(db)),
    // Building an index takes as long as it takes.
    apply: async (operator, onStep) => {
      const by = operator ?? BY_ITSELF
      try {
        const isNew = (await readMigrations(db)).every(({ state }) => state === 'pending')
        const unsaid = operator === undefined && isNew
        await migrateUp(db, {
          waitMs: MIGRATION_WAIT_MS,
          onStep,
          ...(unsaid ? {} : { endMigration: endBy(by) }),
        })
      } catch (thrown) {
        const error = toPiasError(thrown)
        const { code = 'server.failed' } = error as { code?: string }
        const data = { by, code: `${code}` }
        // Whoever may not write, or cannot reach the database, is told the first failure.
        await run(() => append([schemaEvent({ at: clock(), type: 'schema.refused', data })])).catch(() => undefined)
        throw error
      }
    },
  }
}
