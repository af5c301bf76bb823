import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

let folder: string
let mongo: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-migrate-'))
  mongo = await openTestDatabase()
  const config = join(folder, 'pias.json')
  await writeFile(config, JSON.stringify({ store: { mongo: { database: mongo.database } } }))
})
afterAll(async () => {
  await mongo.close()
  await rm(folder, { recursive: true })
})

type Outcome = { code: number | string; stdout: string; stderr: string }

const pias = (env: Record<string, string>, ...args: string[]): Promise<Outcome> =>
  new Promise(resolve => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, ...env } }
    execFile(process.execPath, [PIAS, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

const onMongo = (...args: string[]) =>
  // Migrations need no Redis: nobody listens there.
  pias(
    {
      PIAS_CONFIG: 'pias.json',
      PIAS_STORE: 'mongo-redis',
      PIAS_MONGO_URL: mongo.url,
      PIAS_REDIS_URL: 'redis://127.0.0.1:9',
    },
    ...args,
  )

test('migrate: what is pending, what would be done, and doing it', async () => {
  const pending = {
    code: 2,
    stdout: expect.stringMatching(/^0001 collections: pending, \d+ steps to do\n$/),
    stderr: '',
  }
  expect(await onMongo('migrate', 'status')).toEqual(pending)
  const dry = await onMongo('migrate', 'up', '--dry-run')
  expect(dry.stdout).toContain('would do 1 collections: index grants (grantId)\n')
  expect(await onMongo('migrate', 'status')).toEqual(pending)

  const done = await onMongo('migrate', 'up', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout)).toMatchObject({
    migrations: [{ version: 1, state: 'done' }],
    steps: expect.any(Array),
  })
  expect(done.stderr.replaceAll(/^/gm, 'would do ').replace(/would do $/, '')).toBe(dry.stdout)
  expect(await onMongo('migrate', 'status')).toEqual({ code: 0, stdout: '0001 collections: done\n', stderr: '' })
  expect(await onMongo('migrate', 'up')).toEqual({ code: 0, stdout: 'nothing to do\n', stderr: '' })
})

test('migrate: the embedded store needs none', async () => {
  const outcome = await pias({}, 'migrate', 'status')
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('embedded store'), stderr: '' })
})

test('migrate: a server that is not there is one line', async () => {
  const env = { PIAS_STORE: 'mongo-redis', PIAS_REDIS_URL: 'redis://127.0.0.1:9' }
  const outcome = await pias({ ...env, PIAS_MONGO_URL: 'mongodb://127.0.0.1:9/' }, 'migrate', 'up')
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^pias: store\.unavailable: MongoDB at 127\.0\.0\.1:9 cannot be reached .*\n$/)
})
