import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { ROOT, runScript } from '#test/support/processes.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { setUpMongoTools } from './mongo-tools.ts'

/** Building the tools takes minutes on a new machine. */
const SET_UP_MS = 900_000

let tools: string
let servers: TestServer[]
let running: RunningPias
let dir: string
beforeAll(async () => {
  tools = await setUpMongoTools()
  servers = await Promise.all([startMongo({ owned: true }), startMongo({ owned: true }), startRedis({ owned: true })])
  const [mongo, , redis] = servers as [TestServer, TestServer, TestServer]
  const store = { kind: 'mongo-redis', mongo: { url: mongo.url, database: 'pias' }, redis: { url: redis.url } }
  running = await startPias({ config: { store } })
  dir = mkdtempSync(join(tmpdir(), 'pias-backup-'))
}, SET_UP_MS)
afterAll(async () => {
  await running?.close()
  await Promise.all(servers?.map(server => server.close()) ?? [])
  rmSync(dir, { recursive: true, force: true })
})

/** A command as the documentation has it, run as an operator would. */
const runDocumented = async (name: string): Promise<void> => {
  const [line] = new RegExp(`^${name} .*$`, 'm').exec(readFileSync(join(ROOT, 'docs/how-to-backup.md'), 'utf8')) ?? []
  if (line === undefined) throw new Error(`the documentation has no ${name}`)
  const env = { PATH: `${tools}:${process.env.PATH}`, MONGO_URL: servers[0]?.url, EMPTY_MONGO_URL: servers[1]?.url }
  await promisify(execFile)('/bin/sh', ['-ec', line], { cwd: dir, env })
}

const subOfLogin = async (persona: string, at = running): Promise<string> => {
  const [app, browser] = [createTestApp(at), createHttpBrowser()]
  const asked = app.authorize()
  return String(claimsOf((await redeem(app, browser, await logIn(browser, asked.url, persona), asked)).id_token).sub)
}

test('the documented mongodump and mongorestore bring back a whole PIAS, which logs a linked person in', async () => {
  const config = join(dirname(running.dataDir), 'pias.json')
  const env = { PIAS_CONFIG: config, PIAS_DATA_DIR: running.dataDir }
  const pias = (...args: string[]) => runScript('src/cli/pias.ts', { args, env })
  const lotte = await subOfLogin('lotte')
  const thomas = await subOfLogin('thomas')
  await runDocumented('mongodump')
  // After the backup: an erasure that must be done again, a login that is gone.
  expect((await pias('accounts', 'erase', thomas, '--yes', '--reason', 'synthetic request')).code).toBe(0)
  const senior = await subOfLogin('senior')
  expect((await pias('backup', 'make', join(dir, 'copy.db'))).code).toBe(2)
  const ledger = join(dir, 'erasures.jsonl')
  writeFileSync(ledger, (await pias('erasures', 'export')).stdout)
  await running.pias.close()

  await runDocumented('mongorestore')
  const url = new URL(servers[1]?.url ?? '')
  url.pathname = '/pias'
  const before = await pias('backup', 'check', url.href, '--ledger', ledger)
  expect([before.code, before.stdout]).toEqual([1, expect.stringContaining(`(pias erasures replay): ${thomas}\n`)])

  const { store, ...rest } = JSON.parse(readFileSync(config, 'utf8'))
  const restored = {
    ...store,
    mongo: { ...store.mongo, url: servers[1]?.url },
    redis: { ...store.redis, keyPrefix: 'new:' },
  }
  writeFileSync(config, JSON.stringify({ ...rest, store: restored }))
  expect((await pias('erasures', 'replay', '--yes', ledger)).stdout).toBe('1 erasures replayed, 1 accounts erased\n')
  const after = await pias('backup', 'check', '--ledger', ledger)
  expect([after.code, after.stdout]).toEqual([
    0,
    expect.stringMatching(/^1 accounts, 1 identities, 4 links, .*\nwhole\n$/),
  ])
  const again = await running.startAgain({})
  expect(await subOfLogin('lotte', again)).toBe(lotte)
  expect([thomas, senior]).not.toContain(await subOfLogin('senior', again))
})
