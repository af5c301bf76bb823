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
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench } from '#test/store/redis/support.ts'
import { importLines } from '#test/support/import-lines.ts'
import { recordForm } from '#test/support/record-form.ts'
import { until } from '#test/support/until.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

/** `PIAS_TEST_SEED` gives another file and other moments. */
const SEED = process.env.PIAS_TEST_SEED ?? 'import threads'
/** Several batches: a kill may leave some of them. */
const RECORDS = 3000
const NAMES = ['plain', 'killed']

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
const bench = createBench()
let mongo: TestDatabase
let redisUrl = ''
let folder: string
let stores: Store[] = []

beforeAll(async () => {
  mongo = await openTestDatabase()
  bench.ending(async () => {
    for (const name of NAMES) await mongo.client.db(`${mongo.database}-${name}`).dropDatabase()
    await mongo.close()
  })
  redisUrl = (await bench.server()).url
  folder = await mkdtemp(join(tmpdir(), 'pias-import-'))
  for (const name of NAMES) {
    const config = { store: { mongo: { database: `${mongo.database}-${name}` } } }
    await writeFile(join(folder, `${name}.json`), JSON.stringify(config))
  }
  await writeFile(join(folder, 'customers.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
})

afterAll(() => rm(folder, { recursive: true }))

afterEach(async () => {
  await Promise.all(stores.map(store => store.close()))
  stores = []
})

/** Where the store of a name is, as variables of the command. */
type EnvOf = (name: string) => Record<string, string>

const embedded: EnvOf = name => ({ PIAS_DATA_DIR: join(folder, name) })
/** A database for each name. */
const onServers: EnvOf = name => ({
  ...embedded(`servers-${name}`),
  PIAS_STORE: 'mongo-redis',
  PIAS_MONGO_URL: mongo.url,
  PIAS_REDIS_URL: redisUrl,
  PIAS_CONFIG: join(folder, `${name}.json`),
})

const openIn = async (env: Record<string, string>): Promise<Store> => {
  const config = loadConfig({ env, root: folder })
  const deps = { clock: Date.now, dataDir: config.dataDir, migrate: true, makeKek: true }
  const store = await openEncryptedStore(config, deps)
  stores.push(store)
  return store
}

const importIn = (env: Record<string, string>) => {
  const args = [PIAS, 'customers', 'import', join(folder, 'customers.jsonl'), '--threads', '2']
  return spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' })
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

test.each([
  ['SQLite', embedded],
  ['MongoDB and Redis', onServers],
])(
  'on %s threads, killed anywhere and run again, come to what one line after the other comes to',
  async (_, envOf) => {
    const killed = envOf('killed')
    const plain = await openIn(envOf('plain'))
    for (const line of [lines.slice(0, 1000), lines.slice(1000)]) await importLines(plain, line)
    const wanted = await contentsOf(plain)
    expect(wanted.count).toBeGreaterThan(RECORDS * 0.8)

    const begun = async ({ audit }: Store): Promise<number> =>
      (await audit.search({ limit: 100, type: 'customers.import-begun' })).length
    const left: number[] = []
    let writing = 0
    for (let kill = 1; kill <= 3; kill += 1) {
      const child = importIn(killed)
      const counted = await openIn(killed)
      const enough = random.int(1, (kill * RECORDS) / 4)
      // Gone by itself when it was quicker than the kill.
      await until(async () => child.exitCode !== null || (await counted.customers.count()) >= enough)
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      left.push(await counted.customers.count())
      // What a killed import wrote is there, and so is who began it.
      if ((left.at(-1) as number) > (left.at(-2) ?? 0)) writing += 1
      expect(await begun(counted)).toBeGreaterThanOrEqual(writing)
    }
    // One of them was killed in the middle.
    expect(left.some(count => count > 0 && count < wanted.count)).toBe(true)
    // A store that is too busy to answer ends an import, too, and the next goes on.
    while ((await once(importIn(killed), 'exit'))[0] !== 0);
    expect(await contentsOf(await openIn(killed))).toEqual(wanted)
  },
  240_000,
)
