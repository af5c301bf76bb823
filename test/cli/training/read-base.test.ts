import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '#examples/customer-data/random.ts'
import { type BaseReading, type ReadBaseDeps, readBase } from '#src/cli/training/read-base.ts'
import { createSavedReadings } from '#src/cli/training/saved-reading.ts'
import { createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { drawTown } from '#test/matching/train/town.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'
import { importLines } from '#test/support/import-lines.ts'
import { recordForm } from '#test/support/record-form.ts'

/** `PIAS_TEST_SEED` gives other moments. */
const SEED = process.env.PIAS_TEST_SEED ?? 'training'
const TOWN = drawTown(300)
const NOW = Date.UTC(2026, 10, 28)
const DAY_MS = 24 * 3600 * 1000

let dir: string
let store: Store
let now = NOW
const clock = () => now

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pias-training-'))
  store = await encryptTestStore(await openSqliteStore({ dataDir: dir, clock }), { clock, dir })
  await importLines(store, TOWN)
})

afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true })
})

class Killed extends Error {}

/** What was read, with the groups of the sample as lists. */
const listed = ({ sample: { records, houses, birthGroups }, profile }: BaseReading) => ({
  sample: { records, houses: [...houses], birthGroups: [...birthGroups] },
  profile,
})

/** Reads as the command does, in small steps; and how many records it read of the store. */
const read = async (changes: Partial<ReadBaseDeps> & { dieAfter?: number } = {}) => {
  const { dieAfter = Number.POSITIVE_INFINITY, ...rest } = changes
  let pages = 0
  let records = 0
  const page: CustomersPort['page'] = async query => {
    if (pages === dieAfter) throw new Killed()
    pages += 1
    const found = await store.customers.page(query)
    records += found.records.length
    return found
  }
  const saved = createSavedReadings(store.keys)
  const deps = { customers: { ...store.customers, page }, saved, clock, normaliser: 'n', mostRecords: 700 }
  const reading = await readBase({ ...deps, pageSize: 50, pagesPerSave: 3, ...rest }).catch((error: unknown) => {
    if (error instanceof Killed) return undefined
    throw error
  })
  return { reading: reading && listed(reading), records }
}

const clear = () => createSavedReadings(store.keys).clear()

let whole: ReturnType<typeof listed> | undefined
beforeEach(async () => {
  now = NOW
  await clear()
  whole = (await read()).reading
  await clear()
})

test('killed anywhere, any number of times, it goes on where it was and comes to the same sample', async () => {
  expect(whole?.sample.records).toBe(TOWN.length)
  const random = createRandom(SEED)
  for (let sequence = 0; sequence < 10; sequence += 1) {
    await clear()
    let last = await read({ dieAfter: random.int(0, 12) })
    for (let kill = 0; last.reading === undefined; kill += 1) {
      last = await read(kill < 4 ? { dieAfter: random.int(0, 12) } : {})
    }
    expect(last.reading).toEqual(whole)
  }
})

test('a step that the store does not answer is taken again, once', async () => {
  const failing = (tries: number): Partial<ReadBaseDeps> => {
    const left = { page: tries, find: tries, save: tries, saved: tries }
    const away = (step: keyof typeof left) => {
      left[step] -= 1
      if (left[step] >= 0) throw new PiasError('store.unavailable')
    }
    const saved = createSavedReadings(store.keys)
    const page: CustomersPort['page'] = async query => {
      if (query.after !== undefined) away('page')
      return store.customers.page(query)
    }
    const find: CustomersPort['find'] = async keys => {
      away('find')
      return store.customers.find(keys)
    }
    return {
      customers: { page, find },
      saved: {
        ...saved,
        find: async query => {
          away('saved')
          return saved.find(query)
        },
        save: async reading => {
          away('save')
          return saved.save(reading)
        },
      },
      pauseMs: 1,
    }
  }
  await read({ dieAfter: 4 })
  expect((await read(failing(1))).reading).toEqual(whole)
  await clear()
  await read({ dieAfter: 4 })
  await expect(read(failing(2))).rejects.toMatchObject({ code: 'store.unavailable' })
})

test('what was read and saved is not read again', async () => {
  await read({ dieAfter: 10 })
  const { reading, records } = await read()
  // Of the ten pages nine were saved.
  expect(records).toBe(TOWN.length - 9 * 50)
  expect(reading).toEqual(whole)
  // Killed after the last page: nothing is left to be read.
  expect(await read()).toEqual({ reading: whole, records: 0 })
})

test.each([
  ['a day old', () => ({ pass: DAY_MS })],
  ['of another form of records', () => ({ normaliser: 'n+1' })],
])('what is %s is not gone on with', async (_, changes) => {
  await read({ dieAfter: 10 })
  const { pass = 0, ...rest } = changes() as { pass?: number; normaliser?: string }
  now += pass
  expect((await read(rest)).records).toBe(TOWN.length)
})

test('a record that is gone by then is left out', async () => {
  await read({ dieAfter: 10 })
  const feed = createCustomerFeed({ ...store, form: recordForm, clock })
  const first = TOWN.slice(0, 20)
  for (const record of first) await feed.remove(record)
  const kept = JSON.stringify((await read()).reading?.sample.houses)
  for (const record of first) await feed.upsert(record)
  expect(kept.length).toBeLessThan(JSON.stringify(whole?.sample.houses).length)
})

test('tells how many records were read, companies among them, also where it goes on', async () => {
  const feed = createCustomerFeed({ ...store, form: recordForm, clock })
  const companies = TOWN.slice(0, 20)
  for (const record of companies) await feed.upsert({ ...record, segment: 'business' })
  const told: number[] = []
  const onProgress = (records: number): void => void told.push(records)
  await read({ dieAfter: 10, onProgress })
  expect([told[0], told.at(-1)]).toEqual([0, 10 * 50])
  told.length = 0
  const { reading } = await read({ onProgress })
  expect(reading?.sample.records).toBe(TOWN.length - companies.length)
  // Of the ten pages nine were saved.
  expect([told[0], told.at(-1)]).toEqual([9 * 50, TOWN.length])
  for (const record of companies) await feed.upsert(record)
})
