import { MongoClient } from 'mongodb'
import { openMongoStore } from '#src/store/mongo/open.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { describeStoreContract } from '#test/store/contract.ts'
import { openShardedDatabase, type ShardedDatabase } from './sharded-database.ts'

let mongo: ShardedDatabase
let client: MongoClient

beforeAll(async () => {
  mongo = await openShardedDatabase()
  client = new MongoClient(mongo.url, { writeConcern: { w: 'majority' } })
})
afterAll(async () => {
  await client.close()
  await mongo.close()
})

/** Through the router, too: a transaction begins at a time that its router knows of. */
const empty = async (): Promise<void> => {
  const names = Object.keys(SHARD_KEYS).filter(name => !name.startsWith('schema_'))
  await Promise.all(names.map(name => client.db(mongo.database).collection(name).deleteMany({})))
}

const open = async ({ clock }: { clock: () => number }) => {
  await empty()
  return openMongoStore({ url: mongo.url, database: mongo.database, clock, migrate: true, node: true })
}

describeStoreContract('a sharded cluster of MongoDB', open, { ports: 'durable' })

// After the contract: it looks back.
test('many of its transactions were over both shards', () => {
  expect(mongo.spread()).toBeGreaterThan(100)
})
