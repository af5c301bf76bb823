import { type Document, MongoServerError } from 'mongodb'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { type MongoShards, startMongoShards } from '#test/support/servers/start-mongo-shards.ts'
import { refusalOf, statementsOf, targetOf } from './sharding-rules.ts'

/** The shard keys, and the rules that other tests go by (sharding-rules.ts), by a router's own word. */

let cluster: MongoShards
/** A number for each document, some on either shard. */
const NUMBERS = Array.from({ length: 40 }, (_, n) => n)
const CANNOT_SHARD = 72
const DUPLICATE = 11000

const codeOf = (error: unknown): unknown => (error instanceof MongoServerError ? error.code : error)

beforeAll(async () => {
  cluster = await startMongoShards()
  await migrateUp(cluster.db, { waitMs: 10_000 })
})
afterAll(() => cluster.close())

test('every collection takes the shard key that it is to have, with its indexes', async () => {
  for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await cluster.shardCollection(name, key)
  const [, second] = cluster.shards
  const there = ((await second?.db.listCollections({}, { nameOnly: true }).toArray()) ?? []).map(({ name }) => name)
  const sharded = Object.entries(SHARD_KEYS).flatMap(([name, { key }]) => (key === undefined ? [] : [name]))
  expect(there.sort()).toEqual(sharded.sort())
})

test.each(['identities', 'clients'])('%s cannot, for what else is unique in it', async name => {
  await expect(cluster.shardCollection(name, { _id: 'hashed' })).rejects.toMatchObject({ code: CANNOT_SHARD })
})

describe('of a sharded collection', () => {
  const KEYS = { things: { _id: 'hashed' }, places: { country: 1, town: 1 } } as const

  beforeAll(async () => {
    for (const [name, key] of Object.entries(KEYS)) {
      await cluster.db.createCollection(name)
      await cluster.shardCollection(name, key)
    }
    await cluster.route('insert', { insert: 'things', documents: NUMBERS.map(n => ({ _id: `t${n}`, n })) })
    await cluster.route('insert', { insert: 'places', documents: [{ _id: 'p', country: 'be', town: 'Mons' }] })
  })

  test('documents lie on both shards, and are read as of one collection', async () => {
    const [first = 0, second = 0] = await Promise.all(
      cluster.shards.map(({ db }) => db.collection('things').countDocuments()),
    )
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(0)
    expect(first + second).toBe(NUMBERS.length)
    const { cursor } = await cluster.route('find', { find: 'things', filter: {}, sort: { n: 1 } })
    expect(cursor.firstBatch.map(({ n }: Document) => n)).toEqual(NUMBERS)
  })

  test('what is an id already is refused, on whichever shard it is', async () => {
    for (const n of NUMBERS) {
      const { writeErrors } = await cluster.route('insert', { insert: 'things', documents: [{ _id: `t${n}` }] })
      expect(writeErrors).toMatchObject([{ code: DUPLICATE }])
    }
  })

  const update = (collection: string, q: object, u: unknown, options = {}) => ({
    name: 'update',
    command: { update: collection, updates: [{ q, u, ...options }] },
  })
  const remove = (collection: string, q: object, limit: 0 | 1) => ({
    name: 'delete',
    command: { delete: collection, deletes: [{ q, limit }] },
  })
  const change = { $set: { open: true } }

  test.each([
    update('things', { _id: { $eq: 't1' }, n: { $gte: 0 } }, change),
    update('things', { _id: { $eq: 'new' }, n: { $lt: 0 } }, change, { upsert: true }),
    update('things', { n: 1 }, change),
    update('things', { n: 1 }, change, { multi: true }),
    update('things', { _id: { $in: ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8'] } }, change),
    update('things', { _id: { $in: ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8'] } }, change, { multi: true }),
    update('things', { n: 100 }, change, { upsert: true }),
    update('things', { _id: 't1' }, { n: 1 }),
    update('places', { country: 'be', town: 'Mons' }, change),
    update('places', { _id: 'p' }, change),
    update('places', { _id: 'q' }, change, { upsert: true }),
    remove('things', { n: 1000 }, 1),
    remove('things', { n: 1000 }, 0),
    remove('things', { _id: 'none', n: 1000 }, 1),
  ])('the router and our rules agree about $name $command', async ({ name, command }) => {
    const [statement] = statementsOf(name, command)
    if (statement === undefined) throw new Error('no statement')
    const key = KEYS[statement.collection as keyof typeof KEYS]
    const answer = await cluster.route(name, command).catch(error => ({ writeErrors: [{ code: codeOf(error) }] }))
    const codes = (answer.writeErrors ?? []).map(({ code }: Document) => code)
    const isRefused = refusalOf(key, statement) !== undefined
    expect({ command, codes }).toEqual({
      command,
      codes: isRefused ? [expect.any(Number)] : [],
    })
  })

  test.each([
    [{ _id: { $eq: 't1' }, n: 1 }, 1],
    [{ _id: 't2' }, 1],
    [{ _id: { $in: NUMBERS.map(n => `t${n}`) } }, 2],
    [{ _id: { $gt: 't1' } }, 2],
    [{ n: 1 }, 2],
    [{ $or: [{ _id: { $eq: 't1' } }, { n: 1 }] }, 2],
    [{ $and: [{ n: 1 }, { _id: { $eq: 't1' } }] }, 1],
  ])('%j is asked of as many shards as our rules say', async (filter, asked) => {
    for (const { db } of cluster.shards) await db.command({ profile: 2 })
    await cluster.route('find', { find: 'things', filter, comment: 'asked' })
    const seen = await Promise.all(
      cluster.shards.map(async ({ db }) => {
        await db.command({ profile: 0 })
        const found = await db.collection('system.profile').countDocuments({ 'command.find': 'things' })
        await db.collection('system.profile').drop()
        return found
      }),
    )
    expect(seen.filter(times => times > 0)).toHaveLength(asked)
    expect(targetOf(KEYS.things, filter) === 'one').toBe(asked === 1)
  })
})
