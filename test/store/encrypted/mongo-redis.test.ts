import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, storeConfigSchema } from '#src/store/registry.ts'
import { describeStoreContract } from '#test/store/contract.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'

const dir = mkdtempSync(join(tmpdir(), 'pias-encrypted-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const bench = createBench()
let mongo: TestDatabase
let redisUrl = ''
let probe: ReturnType<typeof bench.probe>
let keyPrefix = ''

beforeAll(async () => {
  mongo = await openTestDatabase()
  bench.ending(mongo.close)
  redisUrl = (await bench.server()).url
  probe = bench.probe(redisUrl)
})

describeStoreContract(
  'MongoDB and Redis, encrypted',
  async ({ clock }) => {
    await mongo.empty()
    keyPrefix = newPrefix()
    const config = storeConfigSchema.parse({
      kind: 'mongo-redis',
      mongo: { url: mongo.url, database: mongo.database },
      redis: { url: redisUrl, keyPrefix },
    })
    return encryptTestStore(await openStore(config, { clock, migrate: true }), { clock, dir })
  },
  { elapse: seconds => probe.elapse(keyPrefix, seconds) },
)
