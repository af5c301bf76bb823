import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCustomers } from '#examples/customer-data/draw-lines.ts'
import { createRandom } from '#examples/customer-data/random.ts'
import { loadConfig } from '#src/config/load.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { importLines } from '#test/support/import-lines.ts'
import { recordForm } from '#test/support/record-form.ts'
import { until } from '#test/support/until.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

/** `PIAS_TEST_SEED` gives another file and other moments. */
const SEED = process.env.PIAS_TEST_SEED ?? 'import threads'
const RECORDS = 5000

const random = createRandom(SEED)

type Line = {
  readonly customerId: string
  readonly serviceLine: string
  readonly firstName?: string
  readonly deleted?: true
}

/** Records, and among them second versions of some, records withdrawn, and records that come back. */
const drawFile = (): readonly Line[] => {
  const drawn = [...generateCustomers({ seed: random.int(1, 1_000_000), customers: RECORDS })] as Line[]
  const again = drawn.flatMap((line): readonly Line[] => {
    const { customerId, serviceLine } = line
    if (random.chance(0.1)) return [{ ...line, firstName: random.pick(['Lotte', 'Jan']) }]
    if (random.chance(0.1)) return [{ customerId, serviceLine, deleted: true as const }]
    return []
  })
  const back = drawn.filter(() => random.chance(0.02))
  return [...drawn, ...again, ...back]
}

const lines = drawFile()
let folder: string
let stores: Store[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-import-'))
  await writeFile(join(folder, 'customers.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
})

afterAll(() => rm(folder, { recursive: true }))

afterEach(async () => {
  await Promise.all(stores.map(store => store.close()))
  stores = []
})

const env = (name: string) => ({ PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, name) })

const openIn = async (name: string): Promise<Store> => {
  const config = loadConfig({ env: env(name), root: folder })
  const deps = { clock: Date.now, dataDir: config.dataDir, migrate: true, makeKek: true }
  const store = await openEncryptedStore(config, deps)
  stores.push(store)
  return store
}

const importIn = (name: string) => {
  const args = [PIAS, 'customers', 'import', join(folder, 'customers.jsonl'), '--threads', '2']
  return spawn(process.execPath, args, { cwd: folder, env: env(name), stdio: 'ignore' })
}

/** Everything a login could see of the records, in a form that two stores can be compared by. */
const contentsOf = async ({ customers }: Store) => {
  const documents: string[] = []
  const people = []
  let after: string | undefined
  do {
    const page = await customers.page({ limit: 1000, ...(after !== undefined && { after }) })
    documents.push(...page.records.map(({ document }) => document))
    after = page.next
  } while (after !== undefined)
  documents.sort()
  for (const document of documents) people.push(JSON.parse(document).person)
  const keys = [...new Set(people.flatMap(person => recordForm.blockingKeys(person)))]
    .sort()
    .filter((_, at) => at % 20 === 0)
  const terms = [...new Set(people.flatMap(person => recordForm.terms(person)))].sort()
  const found = []
  for (const key of keys) found.push((await customers.findByKeys([key], 1000)).records.map(({ document }) => document))
  return {
    count: await customers.count(),
    documents,
    found,
    terms: [...(await customers.termCounts(terms)).counts].sort(),
  }
}

test('threads, killed at any moment and started again, come to what one line after the other comes to', async () => {
  const plain = await openIn('plain')
  for (const line of [lines.slice(0, 3000), lines.slice(3000)]) await importLines(plain, line)
  const wanted = await contentsOf(plain)
  expect(wanted.count).toBeGreaterThan(RECORDS * 0.8)

  for (let kill = 1; kill <= 3; kill += 1) {
    const child = importIn('killed')
    const counted = await openIn('killed')
    const enough = random.int(1, (kill * RECORDS) / 4)
    // Gone by itself when it was quicker than the kill.
    await until(async () => child.exitCode !== null || (await counted.customers.count()) >= enough)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  const last = importIn('killed')
  const [code] = await once(last, 'exit')
  expect(code).toBe(0)
  expect(await contentsOf(await openIn('killed'))).toEqual(wanted)
}, 120_000)
