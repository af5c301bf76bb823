import type { CommandStartedEvent } from 'mongodb'
import { createClient } from '#src/store/mongo/connection/client.ts'
import { CALL_MS, type Connection, createConnection } from '#src/store/mongo/connection/connection.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

/** What the server is asked to promise: an acknowledged write outlives the loss of a member, and nothing read is taken back. */
let mongo: TestDatabase
let connection: Connection
let sent: CommandStartedEvent[]

beforeAll(async () => {
  mongo = await openTestDatabase()
})
afterAll(() => mongo.close())

describe.each(['login', 'bulk'] as const)('of a connection for %s', use => {
  beforeEach(() => {
    const url = new URL(mongo.url)
    url.searchParams.set('monitorCommands', 'true')
    const client = createClient(url.href, use)
    sent = []
    client.on('commandStarted', event => sent.push(event))
    connection = createConnection(client, mongo.database, CALL_MS[use])
  })
  afterEach(() => connection.close())

  const commandOf = (name: string) => sent.find(({ commandName }) => commandName === name)?.command

  test('a write is acknowledged by the disks of a majority, a read is of what a majority has', async () => {
    const things = connection.db.collection<{ _id: string }>('things')
    await connection.run(() => things.insertOne({ _id: `alone-${use}` }))
    await connection.run(() => things.findOne({ _id: { $eq: `alone-${use}` } }))
    expect(commandOf('insert')).toMatchObject({ writeConcern: { w: 'majority', j: true } })
    expect(commandOf('find')).toMatchObject({ readConcern: { level: 'majority' } })
  })

  test('a transaction reads of one moment and is committed on the disks of a majority', async () => {
    const things = connection.db.collection<{ _id: string }>('things')
    await connection.transaction(0, session => things.insertOne({ _id: `together-${use}` }, { session }))
    expect(commandOf('insert')).toMatchObject({ readConcern: { level: 'snapshot' }, startTransaction: true })
    expect(commandOf('commitTransaction')).toMatchObject({ writeConcern: { w: 'majority', j: true } })
  })
})
