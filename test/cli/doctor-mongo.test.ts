import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { runPias } from '#test/support/run-pias.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'

/** What `pias doctor` says of a database on servers: by the indexes that are there, not by the marks of migrations. */
let folder: string
let mongo: TestDatabase
let redis: TestServer

const pias = (...args: string[]) =>
  runPias(
    {
      PIAS_CONFIG: 'pias.json',
      PIAS_DATA_DIR: folder,
      PIAS_CLIENTS_DIR: join(folder, 'clients'),
      PIAS_STORE: 'mongo-redis',
      PIAS_MONGO_URL: mongo.url,
      PIAS_REDIS_URL: redis.url,
    },
    folder,
    args,
  )

const indexFinding = async () => {
  const { code, stdout, stderr } = await pias('doctor', '--json')
  expect(stderr).toBe('')
  const findings = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { what: string; fine?: string; wrong?: string; fix?: string })
  return { code, ...findings.find(({ what }) => what === 'schema and indexes') }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-doctor-'))
  await mkdir(join(folder, 'clients'))
  ;[mongo, redis] = await Promise.all([openTestDatabase(), startRedis()])
  await writeFile(join(folder, 'pias.json'), JSON.stringify({ store: { mongo: { database: mongo.database } } }))
  expect(await pias('migrate', 'up')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await Promise.all([mongo.close(), redis.close()])
  await rm(folder, { recursive: true })
})

const reviews = () => mongo.client.db(mongo.database).collection('reviews')

test('every index that migrations made is found', async () => {
  expect(await indexFinding()).toMatchObject({ fine: 'up to date, every index is there' })
})

test('one that was dropped, or hidden, or is another now is named with what makes it; made again, all is well', async () => {
  await reviews().dropIndex({ accountId: 1 } as never)
  const dropped = await indexFinding()
  expect(dropped).toMatchObject({
    code: 1,
    wrong: '1 indexes are missing or not as they should be',
    fix: 'run db.reviews.createIndex({"accountId":1})',
  })
  await reviews().createIndex({ accountId: 1 }, { sparse: true })
  expect(await indexFinding()).toMatchObject({ fix: dropped.fix })
  await reviews().dropIndex('accountId_1')
  await reviews().createIndex({ accountId: 1 })
  expect(await indexFinding()).toMatchObject({ fine: expect.stringContaining('up to date') })

  const db = mongo.client.db(mongo.database)
  await db.command({ collMod: 'grants', index: { keyPattern: { grantId: 1 }, hidden: true } })
  expect(await indexFinding()).toMatchObject({ fix: 'run db.grants.createIndex({"grantId":1},{"sparse":true})' })
})
