import { openMongoStore } from '#src/store/mongo/open.ts'
import { describeStoreContract } from '#test/store/contract.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

let mongo: TestDatabase
beforeAll(async () => {
  mongo = await openTestDatabase()
})
afterAll(() => mongo.close())

const open = async ({ clock }: { clock: () => number }) => {
  await mongo.empty()
  return openMongoStore({ url: mongo.url, database: mongo.database, clock, migrate: true, node: true })
}

describeStoreContract('MongoDB', open, { ports: 'durable' })
