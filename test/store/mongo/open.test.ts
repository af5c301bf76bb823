import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import type { AccountId } from '#src/kernel/identity.ts'
import { mongoConfigSchema } from '#src/store/mongo/config.ts'
import { COLLECTION_NAMES } from '#src/store/mongo/documents.ts'
import { type MongoStore, openMongoStore } from '#src/store/mongo/open.ts'
import { freePort } from '#test/support/free-ports.ts'
import { startGate } from '#test/support/servers/gate.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

const PASSWORD = 'a-synthetic-password'
const TTL_DEADLINE_MS = 90_000

let mongo: TestDatabase
let db: Db
const stores: MongoStore[] = []
beforeAll(async () => {
  mongo = await openTestDatabase()
  db = mongo.client.db(mongo.database)
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})
afterAll(() => mongo.close())

type More = { url?: string; migrate?: boolean; node?: boolean }

/** Connections at the begin that take longer than a request waits for one. */
const SLOW_CONNECTIONS = 8
const SLOW_MS = 700
/** Those that a node has from its start. */
const NODE_CONNECTIONS = 10

const open = async (more: More = {}) => {
  const given = { url: mongo.url, database: mongo.database, clock: Date.now, migrate: true }
  const store = await openMongoStore({ ...given, ...more })
  stores.push(store)
  return store
}

const refusal = async (more: More, code = 'store.unusable') => {
  const error = await open(more).catch(error => error)
  expect(error).toMatchObject({ code })
  expect(error.message.split('\n')).toHaveLength(1)
  expect(JSON.stringify([error.message, String(error.cause)])).not.toContain(PASSWORD)
  return error.message as string
}

describe('opening', () => {
  test('a database that is behind is refused, unless it may be migrated', async () => {
    expect(await refusal({ migrate: false })).toContain('npm run pias -- migrate up')
    await open()
    await open({ migrate: false })
  })

  test('nobody answers', async () => {
    const url = `mongodb://user:${PASSWORD}@127.0.0.1:${await freePort()}/`
    expect(await refusal({ url }, 'store.unavailable')).toMatch(/MongoDB at 127\.0\.0\.1:\d+ cannot be reached/)
  })

  test('the user is refused', async () => {
    const url = mongo.url.replace('mongodb://', `mongodb://user:${PASSWORD}@`)
    expect(await refusal({ url })).toContain('refuses the user or the password')
  })

  test('a server without replica set is refused', async () => {
    const single = await startMongo({ replicaSet: false })
    try {
      expect(await refusal({ url: single.url })).toContain('neither a replica set nor a sharded cluster')
    } finally {
      await single.close()
    }
  })

  test('first connections may take longer than a request waits for one; a node has its own when it is open', async () => {
    // As on a machine that is busy at first.
    const delayOf = (nth: number) => (nth > SLOW_CONNECTIONS ? 0 : SLOW_MS)
    const slow = await startGate(Number(new URL(mongo.url).port), { delayOf })
    try {
      const store = await open({ url: `mongodb://127.0.0.1:${slow.port}/?directConnection=true`, node: true })
      await Promise.all(Array.from({ length: NODE_CONNECTIONS }, () => store.ping()))
      expect(slow.connections()).toBeGreaterThanOrEqual(NODE_CONNECTIONS)
    } finally {
      await Promise.all(stores.splice(0).map(store => store.close()))
      slow.close()
    }
  })

  test('a URL that is none is not repeated', async () => {
    expect(await refusal({ url: `mongodb://user:${PASSWORD}@host:port/?nonsense=${PASSWORD}` })).toContain('the URL')
    const { error } = mongoConfigSchema.safeParse({ url: `http://user:${PASSWORD}@host/` })
    expect(error?.issues[0]?.path).toEqual(['url'])
    expect(error?.message).not.toContain(PASSWORD)
  })

  test('the database has a name of its own', () => {
    expect(mongoConfigSchema.parse({ url: 'mongodb://a:27017,b:27017/?replicaSet=r' })).toMatchObject({
      database: 'pias',
    })
    expect(mongoConfigSchema.safeParse({ url: 'mongodb+srv://cluster.example', database: 'a.b' }).success).toBe(false)
  })
})

describe('what the server itself watches over', () => {
  test('documents that are not as they should be are refused', async () => {
    await open()
    const collections = (await db.listCollections().toArray()).filter(({ name }) => !name.startsWith('schema_'))
    expect(collections.map(({ name }) => name).sort()).toEqual(Object.values(COLLECTION_NAMES).sort())
    for (const { name } of collections) {
      await expect(db.collection(name).insertOne({ surprise: true })).rejects.toMatchObject({ code: 121 })
    }
  })

  test('one identity of an issuer and client for each account', async () => {
    await open()
    const identity = (subject: string, clientId = 'c') => ({ _id: { issuer: 'i', clientId, subject }, accountId: 'a' })
    const identities = db.collection<ReturnType<typeof identity>>('identities')
    await identities.insertMany([identity('s'), identity('s', 'd')])
    await expect(identities.insertOne(identity('t'))).rejects.toMatchObject({ code: 11000 })
  })

  test('expired artifacts are cleared away', async () => {
    const { grants } = await open()
    await grants.upsert('RefreshToken', 'old', {}, -3600, { grantId: 'g' })
    await grants.upsert('RefreshToken', 'new', {}, 3600, { grantId: 'g' })
    const ids = async () => (await db.collection('grants').find().toArray()).map(({ _id }) => _id)
    const deadline = performance.now() + TTL_DEADLINE_MS
    while ((await ids()).length > 1 && performance.now() < deadline) await sleep(100)
    expect(await ids()).toEqual([{ model: 'RefreshToken', id: 'new' }])
  }, 100_000)

  test('a number that no claim may have is told without the claim', async () => {
    const { accounts } = await open()
    const opening = {
      account: { id: 'a' as AccountId, createdAt: 'yesterday' as never, updatedAt: 1, claims: { name: PASSWORD } },
      identity: { issuer: 'i', clientId: 'c', subject: PASSWORD },
      customers: [],
      events: [],
    }
    const error = await accounts.open(opening).catch(error => error)
    expect(error).toMatchObject({ code: 'server.failed' })
    expect(error.cause).toBeUndefined()
    expect(error.message).not.toContain(PASSWORD)
  })
})
