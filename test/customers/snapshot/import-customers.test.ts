import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '#examples/customer-data/random.ts'
import type { Candidate } from '#src/customers/port.ts'
import { type ImportProgress, importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines, type RejectedLine } from '#src/customers/snapshot/prepare-lines.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import type { RecordForm } from '#src/customers/snapshot/stored-customer.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { recordForm } from '#test/support/record-form.ts'

async function* streamOf(text: string) {
  yield text
}

const LOTTE = { customerId: 'MOB-1', serviceLine: 'mobile', firstName: 'Lotte', lastName: 'Maes' }
const NONE = { lines: 0, inserted: 0, updated: 0, unchanged: 0, removed: 0, absent: 0, superseded: 0, rejected: 0 }

let dataDir: string
let store: Store

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'import-customers-'))
  store = await openSqliteStore({ dataDir, clock: Date.now })
})

afterEach(async () => {
  await store.close()
  await rm(dataDir, { recursive: true })
})

type Options = { form?: RecordForm; batchSize?: number; ahead?: number; slow?: () => number }

const importLines = (lines: readonly unknown[], options: Options = {}) => {
  const { form = recordForm, slow = () => 0, ...more } = options
  const prepare = createPrepareLines({ ...store, form })
  const text = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  const rejected: RejectedLine[] = []
  const progress: ImportProgress[] = []
  return importCustomers({
    input: streamOf(text),
    prepare: async batch => {
      const prepared = await prepare(batch)
      // What was found unchanged grows old before it is used.
      await sleep(slow())
      return prepared
    },
    write: store.customers.write,
    clock: Date.now,
    rejects: line => void rejected.push(line),
    onProgress: at => void progress.push(at),
    ...more,
  }).then(result => ({ result, rejected, progress, bytes: Buffer.byteLength(text) }))
}

const recordsOf = async (customerId: string) =>
  (await createSnapshotSource({ customers: store.customers }).findByCustomerId(customerId)).map(({ record }) => record)

describe('importCustomers', () => {
  test('takes every line and makes the record comparable and findable', async () => {
    const { result } = await importLines([LOTTE, { ...LOTTE, customerId: 'MOB-2', phones: ['0470 12 34 56'] }])
    expect(result).toEqual({ ...NONE, lines: 2, inserted: 2 })
    const source = createSnapshotSource({ customers: store.customers })
    const [found] = await source.findByCustomerId('MOB-2')
    expect(found?.person).toMatchObject({ firstNames: ['lotte'], familyName: 'maes', mobiles: ['+32470123456'] })
    // The mobile alone: the other record has the same name.
    expect(await source.findCandidates(['m:+32470123456'], 10, (found as Candidate).person)).toEqual({
      candidates: [found],
      overflowed: [],
      complete: true,
    })
    expect(await source.termCounts(['family:maes'])).toEqual({ total: 2, counts: new Map([['family:maes', 2]]) })
  })

  test('the same file again changes nothing', async () => {
    const lines = [LOTTE, { ...LOTTE, serviceLine: 'tv' }]
    await importLines(lines)
    expect((await importLines(lines)).result).toEqual({ ...NONE, lines: 2, unchanged: 2 })
    expect(await store.customers.count()).toBe(2)
  })

  test('a changed record is replaced whole, its keys and terms too', async () => {
    await importLines([{ ...LOTTE, emails: ['lotte@example.com'] }])
    const { result } = await importLines([{ ...LOTTE, lastName: 'Claes' }])
    expect(result).toEqual({ ...NONE, lines: 1, updated: 1 })
    expect(await recordsOf('MOB-1')).toEqual([expect.objectContaining({ lastName: 'Claes', emails: [] })])
    expect((await store.customers.termCounts(['family:maes', 'family:claes'])).counts).toEqual(
      new Map([['family:claes', 1]]),
    )
  })

  test('a new normaliser rewrites records that did not change', async () => {
    await importLines([LOTTE])
    const form = { ...recordForm, normaliserVersion: 'another' }
    expect((await importLines([LOTTE], { form })).result).toEqual({ ...NONE, lines: 1, updated: 1 })
  })

  test('bad lines are told by number and reason, and stop nothing', async () => {
    const { result, rejected } = await importLines([
      LOTTE,
      '{"customerId": "MOB-2", ',
      { ...LOTTE, customerId: 'MOB-3', emails: 'lotte@example.com' },
      '',
      'x'.repeat(70_000),
      { ...LOTTE, customerId: 'MOB-4' },
    ])
    expect(result).toEqual({ ...NONE, lines: 5, inserted: 2, rejected: 3 })
    expect(rejected).toEqual([
      { line: 2, reason: 'is not JSON' },
      { line: 3, reason: 'must be a list of strings', field: 'emails' },
      { line: 5, reason: 'is longer than 64 kB' },
    ])
  })

  test('a bad line leaves nothing of its record, and an older record as it was', async () => {
    await importLines([LOTTE])
    await importLines([
      { ...LOTTE, firstName: 'Else', phones: [{}] },
      { ...LOTTE, customerId: 'MOB-2', phones: [{}] },
    ])
    expect(await recordsOf('MOB-1')).toEqual([expect.objectContaining({ firstName: 'Lotte' })])
    expect(await recordsOf('MOB-2')).toEqual([])
    expect((await store.customers.termCounts(['first:else'])).counts).toEqual(new Map())
  })

  test.each([[1], [2], [1000]])('the later of two lines wins, in batches of %d', async batchSize => {
    const later = { ...LOTTE, firstName: 'Charlotte' }
    const { result } = await importLines([LOTTE, { ...LOTTE, customerId: 'MOB-2' }, later], { batchSize })
    expect(await recordsOf('MOB-1')).toEqual([expect.objectContaining({ firstName: 'Charlotte' })])
    expect(await store.customers.count()).toBe(2)
    const { lines, ...outcomes } = result
    expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(lines)
  })

  test('a line that was overtaken before it was written is counted as superseded', async () => {
    expect((await importLines([LOTTE, LOTTE])).result).toEqual({ ...NONE, lines: 2, inserted: 1, superseded: 1 })
  })

  test('one customer number in two service lines is two records', async () => {
    await importLines([LOTTE, { ...LOTTE, serviceLine: 'internet', firstName: 'Jan' }])
    expect((await recordsOf('MOB-1')).map(record => record.firstName)).toEqual(['Jan', 'Lotte'])
  })

  test('byte order mark, CRLF and any script are read', async () => {
    const name = { firstName: 'Zoë', lastName: 'Şahin-Łukasz 😀' }
    const { result } = await importLines([`\uFEFF${JSON.stringify({ ...LOTTE, ...name })}\r`, '\r', '{}\r'])
    expect(result).toEqual({ ...NONE, lines: 2, inserted: 1, rejected: 1 })
    expect(await recordsOf('MOB-1')).toEqual([expect.objectContaining(name)])
  })

  test('an empty file is no error', async () => {
    expect((await importLines([])).result).toEqual(NONE)
  })

  test('a line with deleted: true withdraws the record, and a later line brings it back', async () => {
    const gone = { customerId: 'MOB-1', serviceLine: 'mobile', deleted: true }
    await importLines([LOTTE, { ...LOTTE, serviceLine: 'tv' }])
    expect((await importLines([gone, { ...gone, customerId: 'MOB-9' }])).result).toEqual({
      ...NONE,
      lines: 2,
      removed: 1,
      absent: 1,
    })
    expect((await recordsOf('MOB-1')).map(({ serviceLine }) => serviceLine)).toEqual(['tv'])
    expect((await store.customers.termCounts(['family:maes'])).counts).toEqual(new Map([['family:maes', 1]]))
    expect((await importLines([gone, LOTTE])).result).toEqual({ ...NONE, lines: 2, inserted: 1, superseded: 1 })
  })

  test.each(['1', '2', '3', '4', '5', '6'])(
    'batches prepared beside each other come to one order, seed %s',
    async seed => {
      const draw = createRandom(seed)
      const line = () => {
        const key = { customerId: `MOB-${draw.int(0, 5)}`, serviceLine: 'mobile' }
        return draw.chance(0.25)
          ? { ...key, deleted: true }
          : { ...LOTTE, ...key, firstName: draw.pick(['Lotte', 'Charlotte', 'Lot']) }
      }
      const lines = Array.from({ length: 60 }, line)
      const wanted = new Map(lines.map(one => [one.customerId, 'deleted' in one ? undefined : one.firstName]))
      await importLines(lines.slice(0, 20))
      await importLines(lines, { batchSize: draw.int(1, 3), ahead: 3, slow: () => draw.int(0, 4) })
      for (const [id, firstName] of wanted) {
        expect((await recordsOf(id)).map(record => record.firstName)).toEqual(
          firstName === undefined ? [] : [firstName],
        )
      }
      expect(await store.customers.count()).toBe([...wanted.values()].filter(name => name !== undefined).length)
    },
  )

  test('progress is told after each batch, rejected lines included, and ends with the whole file', async () => {
    const { progress, bytes, result } = await importLines([LOTTE, 'x', 'y', 'z'], { batchSize: 2 })
    expect(progress.map(({ lines }) => lines)).toEqual([2, 4, 4])
    expect(progress.at(-1)).toEqual({ ...result, bytes })
  })

  test('what the file throws comes through, after the batches before it were written', async () => {
    async function* broken() {
      yield `${JSON.stringify(LOTTE)}\n`
      throw new Error('disk failed')
    }
    const prepare = createPrepareLines({ ...store, form: recordForm })
    const job = { input: broken(), prepare, write: store.customers.write, clock: Date.now, batchSize: 1, ahead: 0 }
    await expect(importCustomers(job)).rejects.toThrow('disk failed')
    expect(await store.customers.count()).toBe(1)
  })
})
