import { MongoClient } from 'mongodb'
import { findBatch } from '#src/store/mongo/connection/find-batch.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'

/** More than fits into one answer of MongoDB: 16 MiB. */
const LARGE = { documents: 20, bytes: 1024 * 1024 }

let server: TestServer
let client: MongoClient
/** The commands that were sent since a test began. */
const sent: string[] = []

const db = () => client.db('batch')

beforeAll(async () => {
  server = await startMongo({ owned: true, args: ['--setParameter', 'enableTestCommands=1'] })
  client = new MongoClient(server.url, { monitorCommands: true })
  client.on('commandStarted', ({ commandName }) => sent.push(commandName))
  const text = 'x'.repeat(LARGE.bytes)
  await db()
    .collection('large')
    .insertMany(Array.from({ length: LARGE.documents }, (_, at) => ({ at, text })))
  await db()
    .collection<{ _id: string; colour: string }>('fruits')
    .insertMany(['pear', 'plum', 'apple'].map(_id => ({ _id, colour: _id === 'plum' ? 'blue' : 'green' })))
})
afterAll(async () => {
  await client.close()
  await server.close()
})
beforeEach(() => {
  sent.length = 0
})

/** Makes the next query fail in this way. */
const failNext = async (data: object): Promise<void> => {
  const failure = { configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['find'], ...data } }
  await client.db('admin').command(failure)
  sent.length = 0
}

const BOUNDS = { most: 3, maxTimeMS: 5000 }
const green = () => findBatch<{ _id: string }>(db(), db().collection('fruits'), { colour: { $eq: 'green' } }, BOUNDS)

test('one command reads all that there is', async () => {
  expect((await green()).map(({ _id }) => _id)).toEqual(['pear', 'apple'])
  const options = { ...BOUNDS, limit: 1, projection: { _id: 0, colour: 1 } }
  expect(await findBatch(db(), db().collection('fruits'), { _id: 'plum' }, options)).toEqual([{ colour: 'blue' }])
  expect(sent).toEqual(['find', 'find'])
})

test('none is missing where not all fits into one batch', async () => {
  const most = LARGE.documents
  const found = await findBatch<{ at: number }>(db(), db().collection('large'), {}, { ...BOUNDS, most })
  expect(found.map(({ at }) => at)).toEqual(Array.from({ length: most }, (_, at) => at))
  expect(sent).toEqual(['find', 'find', 'getMore'])
})

test.each([
  ['a connection that broke', { closeConnection: true }],
  ['a server that is no longer the primary', { errorCode: 10107 }],
])('%s is asked again', async (_, failure) => {
  await failNext(failure)
  expect(await green()).toHaveLength(2)
  expect(sent.filter(name => name === 'find')).toHaveLength(2)
})

test('what took too long is not', async () => {
  await failNext({ errorCode: 50 })
  await expect(green()).rejects.toMatchObject({ code: 50 })
  expect(sent).toEqual(['find'])
})
