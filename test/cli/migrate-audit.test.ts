import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { runPias } from '#test/support/run-pias.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'

/** What `pias migrate up` leaves in the audit trail of a MongoDB database. */
let folder: string
let mongo: TestDatabase
let redis: TestServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-migrate-audit-'))
  mongo = await openTestDatabase()
  redis = await startRedis()
  await writeFile(join(folder, 'pias.json'), JSON.stringify({ store: { mongo: { database: mongo.database } } }))
})
afterAll(async () => {
  await redis.close()
  await mongo.close()
  await rm(folder, { recursive: true })
})

const pias = (operator: string, ...args: string[]) => {
  const env = {
    PIAS_CONFIG: join(folder, 'pias.json'),
    PIAS_DATA_DIR: folder,
    PIAS_STORE: 'mongo-redis',
    PIAS_MONGO_URL: mongo.url,
    PIAS_REDIS_URL: redis.url,
  }
  return runPias(env, folder, args, { operator })
}

test('who migrated and how far, and what stopped somebody before, in the trail and its chain', async () => {
  const db = mongo.client.db(mongo.database)
  // Somebody made an index by hand that bears the name of another one.
  await db.collection('grants').createIndex({ madeByHand: 1 }, { name: 'grantId_1' })
  const stopped = await pias('one', 'migrate', 'up')
  expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('pias: store.unavailable: MongoDB: ') })
  await db.collection('grants').dropIndex('grantId_1')
  expect(await pias('two', 'migrate', 'up')).toMatchObject({ code: 0 })
  expect(await pias('three', 'migrate', 'up')).toMatchObject({ code: 0, stdout: 'nothing to do\n' })
  expect(await pias('three', 'migrate', 'up', '--dry-run')).toMatchObject({ code: 0 })

  const { stdout } = await pias('reader', 'audit', 'list', '--json')
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; at: number; data: unknown })
    .sort((one, other) => one.at - other.at)
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['schema.refused', { by: 'one', code: 'store.unavailable' }],
    ['schema.migrated', { by: 'two', version: 1, name: 'collections', steps: expect.any(Number) }],
  ])
})
