import { MongoClient } from 'mongodb'
import { openMongoStore } from '#src/store/mongo/open.ts'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { describeStoreContract } from '#test/store/contract.ts'
import { type MongoShards, startMongoShards } from '#test/support/servers/start-mongo-shards.ts'
import { startRouter } from '#test/support/servers/start-router.ts'

let cluster: MongoShards
let router: Awaited<ReturnType<typeof startRouter>>
let client: MongoClient

beforeAll(async () => {
  cluster = await startMongoShards()
  await migrateUp(cluster.db, { waitMs: 10_000 })
  for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await cluster.shardCollection(name, key)
  router = await startRouter(cluster)
  client = new MongoClient(router.url, { writeConcern: { w: 'majority' } })
})
afterAll(async () => {
  await client.close()
  await router.close()
  await cluster.close()
})

/** Through the router, too: a transaction begins at a time that its router knows of. */
const empty = async (): Promise<void> => {
  const names = Object.keys(SHARD_KEYS).filter(name => !name.startsWith('schema_'))
  await Promise.all(names.map(name => client.db(cluster.db.databaseName).collection(name).deleteMany({})))
}

const open = async ({ clock }: { clock: () => number }) => {
  await empty()
  return openMongoStore({ url: router.url, database: cluster.db.databaseName, clock, migrate: true, node: true })
}

describeStoreContract('a sharded cluster of MongoDB', open, { ports: 'durable' })

// After the contract: it looks back.
test('many of its transactions were over both shards', () => {
  expect(router.spread()).toBeGreaterThan(100)
})
