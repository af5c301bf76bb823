import type { Db } from 'mongodb'
import { migrateUp, readMigrations, requireMigrated } from '#src/store/mongo/schema/migrate.ts'
import { collectionStep, indexStep, type Migration } from '#src/store/mongo/schema/migration.ts'
import { MIGRATIONS } from '#src/store/mongo/schema/migrations.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

const WAIT_MS = 10_000

let mongo: TestDatabase
let db: Db
beforeAll(async () => {
  mongo = await openTestDatabase()
  db = mongo.client.db(mongo.database)
})
beforeEach(() => db.dropDatabase())
afterAll(() => mongo.close())

/** Two migrations of three steps that note when they run; the second step fails as often as it is told to. */
const createExample = (failures = 0) => {
  const ran: string[] = []
  let left = failures
  const step = (name: string, run: () => void = () => undefined) => ({
    name,
    run: async () => {
      ran.push(name)
      run()
    },
  })
  const failing = () => {
    if (left-- > 0) throw new Error('out of order')
  }
  const migrations: readonly Migration[] = [
    { version: 1, name: 'first', steps: [step('a'), step('b', failing)] },
    { version: 2, name: 'second', steps: [step('c')] },
  ]
  return { ran, migrations }
}

const states = async (migrations?: readonly Migration[]) =>
  (await readMigrations(db, migrations)).map(({ version, state, remaining }) => [version, state, remaining.length])

describe('migrations', () => {
  test('are numbered from 1 without a gap', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })

  test('an empty database is refused until they are done; then nothing is left to do', async () => {
    expect(() => requireMigrated(MIGRATIONS.map(m => ({ ...m, state: 'pending', remaining: [] })))).toThrow(
      /lacks 1 migration.*npm run pias -- migrate up/,
    )
    const steps: string[] = []
    await migrateUp(db, { waitMs: WAIT_MS, onStep: step => steps.push(step) })
    expect(steps.length).toBe(MIGRATIONS.flatMap(({ steps }) => steps).length)
    requireMigrated(await readMigrations(db))
    steps.length = 0
    await migrateUp(db, { waitMs: WAIT_MS, onStep: step => steps.push(step) })
    expect(steps).toEqual([])
  })

  test('every step may run again on a database that has it', async () => {
    await migrateUp(db, { waitMs: WAIT_MS })
    await db.collection('schema_migrations').deleteMany({})
    await migrateUp(db, { waitMs: WAIT_MS })
    requireMigrated(await readMigrations(db))
  })

  test('go on at the step where they ended', async () => {
    const { ran, migrations } = createExample(1)
    await expect(migrateUp(db, { waitMs: WAIT_MS, migrations })).rejects.toThrow('out of order')
    const half = [
      [1, 'begun', 1],
      [2, 'pending', 1],
    ]
    expect(await states(migrations)).toEqual(half)
    await migrateUp(db, { waitMs: WAIT_MS, migrations })
    expect(ran).toEqual(['a', 'b', 'b', 'c'])
  })

  test('one that is stopped as it ends has not ended, and ends when they go on', async () => {
    const { ran, migrations } = createExample()
    const [first] = migrations as [Migration]
    const endMigration = () => Promise.reject(new Error('no trail'))
    await expect(migrateUp(db, { waitMs: WAIT_MS, migrations, endMigration })).rejects.toThrow('no trail')
    expect(await states(migrations)).toEqual([
      [1, 'begun', 0],
      [2, 'pending', 1],
    ])
    // No step of it is left, and nothing comes after it.
    await migrateUp(db, { waitMs: WAIT_MS, migrations: [first] })
    expect(await states([first])).toEqual([[1, 'done', 0]])
    await migrateUp(db, { waitMs: WAIT_MS, migrations })
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  test('of many runners at once one works, the others wait and find it done', async () => {
    const { ran, migrations } = createExample()
    await Promise.all(Array.from({ length: 8 }, () => migrateUp(db, { waitMs: WAIT_MS, migrations })))
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  test('wait for a runner that is alive, not for one that died', async () => {
    const { ran, migrations } = createExample()
    const locks = db.collection<{ _id: string; owner: string; expiresAt: Date }>('schema_lock')
    await locks.insertOne({ _id: 'migrations', owner: 'alive', expiresAt: new Date(Date.now() + 3_600_000) })
    await expect(migrateUp(db, { waitMs: 0, migrations })).rejects.toMatchObject({ code: 'store.unavailable' })
    expect(ran).toEqual([])
    await locks.updateOne({ _id: 'migrations' }, { $set: { expiresAt: new Date(Date.now() - 3_600_000) } })
    await migrateUp(db, { waitMs: 0, migrations })
    expect(ran).toEqual(['a', 'b', 'c'])
    expect(await locks.countDocuments()).toBe(0)
  })

  test('a PIAS one migration behind the database runs on it, one that is further behind does not', async () => {
    const { migrations } = createExample()
    const later = { ...(migrations[1] as Migration), version: 3 }
    await migrateUp(db, { waitMs: WAIT_MS, migrations: [...migrations, later] })
    requireMigrated(await readMigrations(db, migrations))
    const old = await readMigrations(db, migrations.slice(0, 1))
    expect(old.map(({ state }) => state)).toEqual(['done', 'unknown', 'unknown'])
    expect(() => requireMigrated(old)).toThrow(/2 migrations ahead/)
  })

  test('a new schema replaces that of a collection that exists', async () => {
    const schema = (type: string) => ({ bsonType: 'object', properties: { value: { bsonType: type } } })
    await collectionStep('things', schema('string')).run(db)
    await collectionStep('things', schema('int')).run(db)
    await indexStep('things', { value: 1 }).run(db)
    await expect(db.collection('things').insertOne({ value: 'text' })).rejects.toMatchObject({ code: 121 })
    await db.collection('things').insertOne({ value: 1 })
  })
})
