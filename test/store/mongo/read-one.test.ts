import { MongoClient } from 'mongodb'
import { CALL_MS, type Connection, createConnection } from '#src/store/mongo/connection/connection.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

type Fruit = { _id: string; colour: string; weight: number }
type Stall = { _id: { market: string; number: number }; fruit: string }

let mongo: TestDatabase
let client: MongoClient
let connection: Connection
/** The commands that were sent, by name and collection. */
const sent: string[] = []

beforeAll(async () => {
  mongo = await openTestDatabase()
  client = new MongoClient(mongo.url, { monitorCommands: true })
  client.on('commandStarted', ({ commandName, command }) => sent.push(`${commandName} ${command[commandName]}`))
  connection = createConnection(client, mongo.database, CALL_MS.login)
  const weights = [1, 2, 3].map(weight => ({ _id: `pear-${weight}`, colour: 'green', weight }))
  await fruits().insertMany([...weights, { _id: 'plum', colour: 'blue', weight: 9 }])
  await stalls().insertMany([1, 2].map(number => ({ _id: { market: 'old', number }, fruit: `pear-${number}` })))
})
afterAll(async () => {
  await connection.close()
  await mongo.close()
})
beforeEach(() => {
  sent.length = 0
})

const fruits = () => connection.db.collection<Fruit>('fruits')
const stalls = () => connection.db.collection<Stall>('stalls')
const fruit = (id: string) => connection.readOne(fruits(), { _id: { $eq: id } })
const stall = (number: number) => connection.readOne(stalls(), { _id: { $eq: { market: 'old', number } } })
const heaviest = (colour: string) =>
  connection.readOne<Fruit>(fruits(), { colour: { $eq: colour } }, [{ $sort: { weight: -1 } }])
const fruitAt = (number: number) =>
  connection.readOne<Stall, Fruit>(stalls(), { _id: { $eq: { market: 'old', number } } }, [
    { $lookup: { from: 'fruits', localField: 'fruit', foreignField: '_id', as: 'found' } },
    { $unwind: '$found' },
    { $replaceWith: '$found' },
  ])

test('what is asked for in one turn goes in one command, and everybody gets their own', async () => {
  const found = await Promise.all([
    fruit('plum'),
    stall(2),
    fruit('none'),
    fruit('plum'),
    heaviest('green'),
    fruitAt(1),
    stall(3),
    fruitAt(3),
    heaviest('red'),
  ])
  const plum = { _id: 'plum', colour: 'blue', weight: 9 }
  expect(found).toEqual([
    plum,
    { _id: { market: 'old', number: 2 }, fruit: 'pear-2' },
    null,
    plum,
    { _id: 'pear-3', colour: 'green', weight: 3 },
    { _id: 'pear-1', colour: 'green', weight: 1 },
    null,
    null,
    null,
  ])
  expect(sent).toEqual(['aggregate fruits'])
})

test('what is asked for alone is found, too', async () => {
  expect(await fruit('plum')).toMatchObject({ weight: 9 })
  expect(await heaviest('green')).toMatchObject({ weight: 3 })
  expect(await fruitAt(2)).toMatchObject({ weight: 2 })
  expect([await fruit('none'), await fruitAt(9), await heaviest('red')]).toEqual([null, null, null])
  expect(sent.slice(0, 3)).toEqual(['find fruits', 'aggregate fruits', 'aggregate stalls'])
})

test('very many go in several commands', async () => {
  const ids = Array.from({ length: 64 }, (_, n) => `pear-${n % 4}`)
  const found = await Promise.all(ids.map(fruit))
  expect(found.map(one => one?._id)).toEqual(ids.map(id => (id === 'pear-0' ? undefined : id)))
  expect(sent.length).toBeGreaterThan(1)
  expect(sent.length).toBeLessThan(ids.length / 2)
})

test('a text that looks like an operator or a field is a text', async () => {
  for (const id of ['$colour', '$$ROOT', '$ne', '__proto__', 'a.b', '\u0000', '']) {
    await fruits().insertOne({ _id: id, colour: 'odd', weight: 0 })
    expect(await Promise.all([fruit(id), fruit('plum')])).toMatchObject([{ _id: id }, { _id: 'plum' }])
  }
})

test('a failure is told to all who wait, and whoever asks next is answered', async () => {
  const failing = connection.readOne(fruits(), { $nonsense: 1 } as never)
  const failed = await Promise.allSettled([fruit('plum'), failing, stall(1)])
  expect(failed.map(one => (one.status === 'rejected' ? one.reason.code : 'found'))).toEqual(
    Array(3).fill('store.unavailable'),
  )
  expect(await Promise.all([fruit('plum'), stall(1)])).toMatchObject([{ weight: 9 }, { fruit: 'pear-1' }])
})

test('of a store that is closed nothing is read', async () => {
  const other = createConnection(new MongoClient(mongo.url), mongo.database, CALL_MS.login)
  await other.close()
  const read = other.readOne(other.db.collection<Fruit>('fruits'), { _id: { $eq: 'plum' } })
  await expect(read).rejects.toMatchObject({ code: 'store.unavailable' })
})
