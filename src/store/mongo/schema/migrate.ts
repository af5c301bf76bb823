import type { ClientSession, Db } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import type { MigrationStatus } from '#src/store/ports/migrations.ts'
import { withMigrationLock } from './lock.ts'
import type { Migration } from './migration.ts'
import { MIGRATIONS } from './migrations.ts'

/** What the database knows of a migration: how many of its steps are done. */
type MigrationDocument = { _id: number; name: string; stepsDone: number; finishedAt?: Date }

const documentsOf = (db: Db) => db.collection<MigrationDocument>('schema_migrations')

const stateOf = (found: MigrationDocument | undefined): MigrationStatus['state'] => {
  if (found === undefined) return 'pending'
  return found.finishedAt === undefined ? 'begun' : 'done'
}

/** Every migration, those of this PIAS and those the database had from a later one, by version. */
export const readMigrations = async (db: Db, migrations = MIGRATIONS): Promise<readonly MigrationStatus[]> => {
  const found = await documentsOf(db)
    .find({}, { sort: { _id: 1 } })
    .toArray()
  const known = migrations.map(({ version, name, steps }): MigrationStatus => {
    const document = found.find(({ _id }) => _id === version)
    const remaining = steps.slice(document?.stepsDone ?? 0).map(step => step.name)
    return { version, name, state: stateOf(document), remaining: document?.finishedAt ? [] : remaining }
  })
  const later = found.filter(({ _id }) => !migrations.some(({ version }) => version === _id))
  return [
    ...known,
    ...later.map(({ _id, name }): MigrationStatus => ({ version: _id, name, state: 'unknown', remaining: [] })),
  ]
}

/**
 * Whether this PIAS can run on the database: nothing of its own is missing, and the database is at most one migration
 * ahead, which is made for it (N and N-1 run together).
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const requireMigrated = (statuses: readonly MigrationStatus[]): void => {
  const behind = statuses.filter(({ state }) => state === 'pending' || state === 'begun').length
  const ahead = statuses.filter(({ state }) => state === 'unknown').length
  if (behind > 0) {
    const detail = `the database lacks ${behind} migration(s): run "npm run pias -- migrate up" first`
    throw new PiasError('store.unusable', detail)
  }
  if (ahead > 1) {
    throw new PiasError('store.unusable', `the database is ${ahead} migrations ahead: install that version of PIAS`)
  }
}

/** Ends a migration in one transaction: the mark that it is done, by `end`, and what is written down of it. */
export type EndMigration = (
  migration: Migration,
  end: (session?: ClientSession) => Promise<unknown>,
) => Promise<unknown>

type Running = {
  readonly onStep: (line: string) => void
  readonly endMigration: EndMigration
  readonly stillMine: () => Promise<void>
}

const runMigration = async (db: Db, migration: Migration, { onStep, endMigration, stillMine }: Running) => {
  const { version, name, steps } = migration
  const documents = documentsOf(db)
  const record = (fields: Partial<MigrationDocument>, session?: ClientSession) =>
    documents.updateOne(
      { _id: { $eq: version } },
      { $set: { name, ...fields } },
      { upsert: true, ...(session && { session }) },
    )
  const begun = await documents.findOne({ _id: { $eq: version } })
  if (begun?.finishedAt !== undefined) return
  for (const [index, step] of steps.entries()) {
    if (index < (begun?.stepsDone ?? 0)) continue
    await stillMine()
    onStep(`${version} ${name}: ${step.name}`)
    await step.run(db)
    // A mark that nobody may set any more would hide what the next runner has still to do.
    await stillMine()
    await record({ stepsDone: index + 1 })
  }
  await endMigration(migration, session => record({ finishedAt: new Date() }, session))
}

/**
 * Runs what is pending, one migration after the other, each from the step where an earlier run ended. Safe to call by
 * several processes at once: one works, the others wait and then find nothing to do.
 * @param options.waitMs how long to wait for another process; `lifeMs`, after which one without a sign of life is dead
 * @throws PiasError `store.unavailable` when another process migrates for longer than `waitMs`, or has taken over
 */
export const migrateUp = async (
  db: Db,
  options: {
    waitMs: number
    lifeMs?: number
    onStep?: (line: string) => void
    endMigration?: EndMigration
    migrations?: readonly Migration[]
  },
): Promise<void> => {
  const { waitMs, lifeMs, onStep = () => undefined, migrations = MIGRATIONS } = options
  const { endMigration = (_, end) => end() } = options
  // One without a step left may not have ended yet: whoever ran its last may have died then.
  const isPending = ({ state }: MigrationStatus) => state === 'pending' || state === 'begun'
  if (!(await readMigrations(db, migrations)).some(isPending)) return
  await withMigrationLock(db, { waitMs, lifeMs }, async stillMine => {
    for (const migration of migrations) await runMigration(db, migration, { onStep, endMigration, stillMine })
  })
}
