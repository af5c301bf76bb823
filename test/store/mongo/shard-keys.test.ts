import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from 'mongodb'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS, type Sharding } from '#src/store/mongo/schema/shard-keys.ts'
import { ROOT } from '#test/support/processes.ts'
import { keepsUnique } from './sharding-rules.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

let mongo: TestDatabase
let db: Db

beforeAll(async () => {
  mongo = await openTestDatabase()
  db = mongo.client.db(mongo.database)
  await migrateUp(db, { waitMs: 10_000 })
})
afterAll(() => mongo.close())

const uniqueIndexesOf = async (collection: string): Promise<readonly string[][]> => {
  const indexes = await db.collection(collection).listIndexes().toArray()
  return indexes.flatMap(({ key, name, unique }) => (unique || name === '_id_' ? [Object.keys(key)] : []))
}

const faultsOf = async (name: string, options: object, { key }: Sharding): Promise<readonly string[]> => {
  if (key === undefined) return []
  const plain = Object.keys(options).every(option => /^validat/.test(option))
  const lost = (await uniqueIndexesOf(name)).filter(index => !keepsUnique(key, index))
  return [...(plain ? [] : ['cannot be sharded']), ...lost.map(index => `${index.join(', ')} is unique no more`)]
}

/** What the table does not know, or what MongoDB would not let it do, of each collection that is there. */
const findFaults = async (): Promise<readonly string[]> => {
  const there = await db.listCollections({}, { nameOnly: false }).toArray()
  const faults = await Promise.all(
    there.map(async ({ name, options = {} }) => {
      const sharding = SHARD_KEYS[name]
      const found = sharding === undefined ? ['is not in the table'] : await faultsOf(name, options, sharding)
      return found.map(fault => `${name}: ${fault}`)
    }),
  )
  return faults.flat().sort()
}

test('every collection has a shard key that keeps unique what is unique, or stays whole', async () => {
  expect(await findFaults()).toEqual([])
  const there = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)
  expect(there.sort()).toEqual(Object.keys(SHARD_KEYS).sort())
})

test('a collection nobody wrote down, or that cannot be sharded so, is found', async () => {
  await db.createCollection('forgotten')
  await db.collection('messages').drop()
  await db.createCollection('messages', { capped: true, size: 4096 })
  await db.collection('customer_links').createIndex({ customerId: 1 }, { unique: true })
  // Of a collection that stays whole there may be any.
  await db.collection('names').createIndex({ accountId: 1, _id: 1 }, { unique: true })
  expect(await findFaults()).toEqual([
    'customer_links: customerId is unique no more',
    'forgotten: is not in the table',
    'messages: cannot be sharded',
  ])
})

test('the decision tells every collection, with the key that it has', () => {
  const text = readFileSync(join(ROOT, 'docs/decisions/0009-mongodb-and-redis.md'), 'utf8')
  const [, table = ''] = /\| collection \| key \| reason \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(text) ?? []
  const told = table
    .trim()
    .split('\n')
    .flatMap(line => {
      const [, names = '', key = ''] = line.split('|').map(cell => cell.trim())
      return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, key])
    })
  const keys = Object.entries(SHARD_KEYS).map(([name, { key }]) => {
    const fields = Object.entries(key ?? {}).map(([field, order]) => `\`${field}\` ${order === 1 ? 'ranged' : order}`)
    return [name, fields.join(', ') || 'not sharded']
  })
  expect(told.sort()).toEqual(keys.sort())
})
