import { openStore, storeConfigSchema } from '#src/store/registry.ts'
import { describeStoreContract } from './contract.ts'
import { openTestDatabase, type TestDatabase } from './mongo/test-database.ts'
import { createBench, newPrefix, until } from './redis/support.ts'

const bench = createBench()
let mongo: TestDatabase
let redisUrl = ''
let probe: ReturnType<typeof bench.probe>
let keyPrefix = ''

beforeAll(async () => {
  mongo = await openTestDatabase()
  bench.ending(mongo.close)
  redisUrl = (await bench.server()).url
  probe = bench.probe(redisUrl)
})

const configOf = (redis: string) =>
  storeConfigSchema.parse({
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { url: redis, keyPrefix },
  })

describeStoreContract(
  'MongoDB and Redis',
  async ({ clock }) => {
    await mongo.empty()
    keyPrefix = newPrefix()
    return openStore(configOf(redisUrl), { clock, migrate: true, node: true })
  },
  { elapse: seconds => probe.elapse(keyPrefix, seconds) },
)

/** Connections of a PIAS to this server, busy or not. */
const connections = async (): Promise<number> => {
  const all = mongo.client
    .db('admin')
    .aggregate([{ $currentOp: { allUsers: true, idleConnections: true } }, { $match: { appName: 'pias' } }])
  return (await all.toArray()).length
}

test('when one half cannot be opened, the other is closed', async () => {
  const store = await openStore(configOf(redisUrl), { clock: Date.now, migrate: true })
  expect(await connections()).toBeGreaterThan(0)
  await store.close()
  const opening = openStore(configOf('redis://127.0.0.1:9'), { clock: Date.now, migrate: true })
  await expect(opening).rejects.toMatchObject({ code: 'store.unavailable' })
  await until(async () => (await connections()) === 0)
})
