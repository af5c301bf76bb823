import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CustomerSource } from '#src/customers/port.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { openMongoStore } from '#src/store/mongo/open.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { lotteIn } from '#test/linking/people.ts'
import { openTestDatabase } from '#test/store/mongo/test-database.ts'
import { recordForm } from '#test/support/record-form.ts'

const RECORDS = 50_000
const BATCH = 5000
const LIMIT = 400
const HOT = 'm:+32470000000'
const PERSON = recordForm.toComparablePerson(lotteIn('tv'))

/** A dealer's phone on every record, and a key that one record alone has. */
const fill = async (customers: CustomersPort): Promise<void> => {
  for (let start = 0; start < RECORDS; start += BATCH) {
    const records = Array.from({ length: BATCH }, (_, at) => ({
      serviceLine: 'tv' as const,
      customerId: `${start + at}`,
      digest: 'd',
      terms: [],
      document: JSON.stringify({ record: lotteIn('tv', { customerId: `${start + at}` }), person: PERSON }),
      keys: [HOT, `e:${start + at}`],
    }))
    await customers.write(
      records.map(record => ({ kind: 'put', record }) as const),
      1,
    )
  }
}

/** What was asked of the store: the keys, and how many documents came back. */
const counting = (customers: CustomersPort) => {
  const asked: { keys: readonly string[]; documents: number }[] = []
  const findByKeys: CustomersPort['findByKeys'] = async (keys, limit) => {
    const found = await customers.findByKeys(keys, limit)
    asked.push({ keys, documents: found.records.length })
    return found
  }
  return { asked, source: createSnapshotSource({ customers: { ...customers, findByKeys } }) }
}

const search = async (customers: CustomersPort) => {
  const { asked, source } = counting(customers)
  for (let login = 0; login < 3; login += 1) {
    const { candidates, overflowed } = await source.findCandidates([HOT, 'e:7'], LIMIT, PERSON)
    expect(candidates).toHaveLength(1)
    expect(overflowed).toEqual([HOT])
  }
  return asked
}

describe('a hot key brings no document and is asked for once', () => {
  const once = [
    { keys: [HOT, 'e:7'], documents: 1 },
    { keys: ['e:7'], documents: 1 },
    { keys: ['e:7'], documents: 1 },
  ]

  test('on SQLite', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'hot-keys-'))
    const store = await openSqliteStore({ dataDir, clock: Date.now })
    await fill(store.customers)
    expect(await search(store.customers)).toEqual(once)
    await store.close()
    await rm(dataDir, { recursive: true })
  })

  test('on MongoDB, where the server tells what it looked at', async () => {
    const mongo = await openTestDatabase()
    const store = await openMongoStore({ ...mongo, clock: Date.now, migrate: true })
    await fill(store.customers)
    const db = mongo.client.db(mongo.database)
    await db.command({ profile: 2 })
    /** Documents and keys of the index that one search of a login made the server look at. */
    const looked = async (source: CustomerSource) => {
      const since = new Date((await db.collection('system.profile').countDocuments()) && (await latest()))
      await source.findCandidates([HOT, 'e:7'], LIMIT, PERSON)
      const seen = await db
        .collection('system.profile')
        .find({ ns: `${mongo.database}.customers`, ts: { $gt: since } })
        .toArray()
      const sum = (field: string) => seen.reduce((total, one) => total + Number(one[field] ?? 0), 0)
      return { documents: sum('docsExamined'), keys: sum('keysExamined') }
    }
    const latest = async () =>
      Number((await db.collection('system.profile').find().sort({ ts: -1 }).limit(1).toArray())[0]?.ts ?? 0)
    const { source } = counting(store.customers)
    const first = await looked(source)
    // One page that shows that there are too many, and counts that go no further than the limit.
    expect(first.documents).toBeGreaterThan(0)
    expect(first.documents).toBeLessThan(LIMIT)
    expect(first.keys).toBeLessThan(4 * LIMIT)
    const again = await looked(source)
    expect(again.documents).toBe(1)
    expect(again.keys).toBeLessThan(5)
    expect(await search(store.customers)).toEqual(once)
    await store.close()
    await mongo.close()
  })
})
