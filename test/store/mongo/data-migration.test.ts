import type { Db } from 'mongodb'
import { migrateUp, readMigrations, requireMigrated } from '#src/store/mongo/schema/migrate.ts'
import { startScript } from '#test/support/processes.ts'
import { BATCH, createExample } from './data-migration.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

/** Data that are changed for long, by processes that die or stand still, while the version before goes on writing. */
const BILLS = 5 * BATCH
/** Long enough for a live process on a busy machine to renew its lock in time, and short enough to wait for. */
const LIFE_MS = 8000
const WAIT_MS = 30_000

type Bill = { _id: string; amount?: string; cents?: number; filled?: number }

let mongo: TestDatabase
let db: Db
const bills = () => db.collection<Bill>('bills')

const example = createExample({ pauseMs: 0, onBatch: () => undefined })
const upTo = (version: number) => example.slice(0, version)
const up = (version: number) => migrateUp(db, { waitMs: WAIT_MS, lifeMs: LIFE_MS, migrations: upTo(version) })

/** A process of its own that migrates all the way, with this pause after each batch. */
const startRunner = (pauseMs: number) =>
  startScript('test/store/mongo/migrate-child.ts', {
    args: [mongo.url, mongo.database, String(LIFE_MS), String(pauseMs)],
  })

/** A node of the version before. */
const oldNode = {
  write: (id: string, amount: string) =>
    bills().updateOne({ _id: id }, { $set: { amount } }, { upsert: true, ignoreUndefined: true }),
  read: async (id: string) => (await bills().findOne({ _id: id }))?.amount,
}

beforeAll(async () => {
  mongo = await openTestDatabase()
  db = mongo.client.db(mongo.database)
})
beforeEach(async () => {
  await db.dropDatabase()
  await up(1)
  await bills().insertMany(Array.from({ length: BILLS }, (_, n) => ({ _id: `b${n}`, amount: `${n}.05` })))
})
afterAll(() => mongo.close())

const expectAllFilled = async () => {
  const all = await bills().find().toArray()
  expect(all).toHaveLength(BILLS)
  for (const { _id, amount, cents, filled } of all) {
    expect({ _id, cents, filled }).toEqual({ _id, cents: Math.round(Number(amount) * 100), filled: 1 })
  }
}

test('two versions run side by side, and the database goes forward only', async () => {
  await up(2)
  requireMigrated(await readMigrations(db, upTo(1)))
  await expectAllFilled()
  await oldNode.write('old', '7.50')
  expect(await oldNode.read('b3')).toBe('3.05')

  // The next release: what nodes of the first version wrote is made good, and none of them may start any more.
  await up(3)
  expect(await bills().findOne({ _id: 'old' })).toMatchObject({ cents: 750, filled: 1 })
  await expect(bills().insertOne({ _id: 'late', amount: '1.00' })).rejects.toMatchObject({ code: 121 })
  requireMigrated(await readMigrations(db, upTo(2)))
  const first = await readMigrations(db, upTo(1))
  expect(() => requireMigrated(first)).toThrow(/2 migrations ahead/)
})

test('who is killed in the middle of it is followed by another, who does what is left and nothing twice', async () => {
  const runner = startRunner(60_000)
  await runner.line(/^batch/)
  await runner.stop('SIGKILL')
  expect(await bills().countDocuments({ cents: { $exists: true } })).toBe(BATCH)

  // The dead one still holds the lock; whoever does not wait is told, who waits takes it over.
  await expect(migrateUp(db, { waitMs: 0, migrations: example })).rejects.toMatchObject({ code: 'store.unavailable' })
  const steps: string[] = []
  await migrateUp(db, { waitMs: WAIT_MS, migrations: example, onStep: step => steps.push(step) })
  expect(steps[0]).toBe('2 bills in cents: cents of bills')
  await expectAllFilled()
  expect(await db.collection('schema_lock').countDocuments()).toBe(0)
})

test('who works for longer than the lock lives keeps it, and nobody comes in between', async () => {
  const runner = startRunner(LIFE_MS / 2)
  const ended = runner.line(/^(done|failed)/)
  await runner.line(/^batch/)
  // Several lives of the lock: five batches, each of them half of one.
  const steps: string[] = []
  await migrateUp(db, { waitMs: WAIT_MS, lifeMs: LIFE_MS, migrations: example, onStep: step => steps.push(step) })
  expect(await ended).toBe('done')
  expect(steps).toEqual([])
  await expectAllFilled()
})

test('who stood still for longer than the lock lives ends when another has taken over, and marks nothing', async () => {
  const runner = startRunner(1000)
  await runner.line(/^batch/)
  process.kill(runner.pid, 'SIGSTOP')
  try {
    await up(2)
    await expectAllFilled()
    await db
      .collection('schema_lock')
      .insertOne({ _id: 'migrations' as never, owner: 'other', expiresAt: new Date(8e12) })
  } finally {
    process.kill(runner.pid, 'SIGCONT')
  }
  expect(await runner.line(/^(done|failed)/)).toBe('failed: store.unavailable')
  await runner.ended()
  const states = await readMigrations(db, example)
  expect(states.map(({ state }) => state)).toEqual(['done', 'done', 'pending'])
  // The lock of whoever works now is not taken from them.
  expect(await db.collection('schema_lock').findOne()).toMatchObject({ owner: 'other' })
})
