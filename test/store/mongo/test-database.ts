import { randomBytes } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { startMongo } from '#test/support/servers/start-mongo.ts'

/** A database of the tests' own on a real replica set. */
export type TestDatabase = {
  readonly url: string
  readonly database: string
  readonly client: MongoClient
  /** Removes all documents but those that say which migrations were run. */
  empty(): Promise<void>
  close(): Promise<void>
}

/** Starts MongoDB (or takes the given one) and picks a database that is dropped in the end. */
export const openTestDatabase = async (): Promise<TestDatabase> => {
  const server = await startMongo()
  const database = `pias-test-${randomBytes(6).toString('hex')}`
  const client = new MongoClient(server.url)
  const db = client.db(database)
  return {
    url: server.url,
    database,
    client,
    empty: async () => {
      const collections = await db.listCollections({ name: { $not: /^schema_/ } }, { nameOnly: true }).toArray()
      await Promise.all(collections.map(({ name }) => db.collection(name).deleteMany({})))
    },
    close: async () => {
      await db.dropDatabase()
      await client.close()
      await server.close()
    },
  }
}
