import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { openTestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { importLines } from '#test/support/import-lines.ts'
import { createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { findNeedles, personNeedles } from './at-rest/needles.ts'
import { readDatabase, readFiles, readRedis } from './at-rest/stored-bytes.ts'

/** A stolen disk, dump or backup tells nothing about anyone: what every store holds after real logins. */
const NEEDLES = personNeedles()

const bench = createBench()

/** The secret values in a key set or the text of a single one. */
const secretsOf = (text: string): string[] => {
  const jwkMembers = [...text.matchAll(/"(?:d|p|q|dp|dq|qi)":"([^"]+)"/g)].map(([, value]) => value ?? '')
  return jwkMembers.length > 0 ? jwkMembers : [text]
}

/**
 * Logins of every kind: linked without a page, again, with a refresh; uncertain and left so, after a wrong proof, proved;
 * somebody new. The customer base was imported before.
 * @returns what nobody must find either: tokens, codes, cookies and PIAS's own keys
 */
const useEverything = async (running: RunningPias): Promise<string[]> => {
  const secrets: string[] = []
  const browsers = []
  for (const persona of ['lotte', 'thomas', 'lotte']) {
    const [app, browser] = [createTestApp(running), createHttpBrowser()]
    const asked = app.authorize()
    const answers = await logIn(browser, asked.url, persona)
    const tokens = await redeem(app, browser, answers, asked)
    const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    expect(refreshed.status).toBe(200)
    secrets.push(
      tokens.access_token,
      tokens.refresh_token,
      new URL(answers.at(-1)?.location ?? '').searchParams.get('code') ?? '',
    )
    browsers.push(browser)
  }
  const left = await meetUncertain(running, 'recreated')
  const wrong = await meetUncertain(running, 'confirm')
  await wrong.prove('INT-200001', 'INV-2025-9999999')
  const proved = await meetUncertain(running, 'confirm')
  expect((await proved.prove('INT-200001', 'INV-2025-0200001')).status).toBe(303)
  const fresh = await meetUncertain(running, 'nora')
  expect((await fresh.openAccount()).status).toBe(303)
  browsers.push(left.browser, wrong.browser, proved.browser, fresh.browser)
  secrets.push(left.uid, wrong.uid)

  const { keys } = running.pias.store
  const names = await keys.names('')
  expect(names.length).toBeGreaterThanOrEqual(3)
  for (const name of names) secrets.push(...secretsOf((await keys.find(name)) ?? ''))
  const found = secrets.filter(secret => secret.length >= 16)
  expect(found).toHaveLength(secrets.length)
  return found.map(secret => secret.toLowerCase())
}

test('the search finds people in a store that is not encrypted', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-plain-'))
  const store = await openSqliteStore({ dataDir: dir, clock: Date.now })
  await importLines(store, personaLines())
  await store.limits.hit('Zennestraat', 60)
  const { text } = readFiles(dir)
  await store.close()
  rmSync(dir, { recursive: true })
  const found = findNeedles(text, NEEDLES)
  expect(found).toEqual(
    expect.arrayContaining([
      'vandenbroucke',
      '"lotte',
      'lotte.vandenbroucke@example.com',
      '470123456',
      '1988-03-14',
      'zennestraat',
      'mob-100001',
      'inv-2025-0110001',
    ]),
  )
  expect(found.length).toBeGreaterThan(200)
})

test('SQLite: no file holds anything about anyone, the write-ahead logs included', async () => {
  const running = await startPias()
  bench.ending(running.close)
  const secrets = await useEverything(running)
  const { names, text } = readFiles(running.dataDir)
  expect(names).toEqual(expect.arrayContaining(['durable.db', 'durable.db-wal', 'expiring.db', 'expiring.db-wal']))
  const { accounts, audit } = running.pias.store
  expect((await accounts.totals()).identities).toBe(4)
  expect((await audit.list({ after: 0, limit: 1000 })).length).toBeGreaterThan(8)
  expect(findNeedles(text, NEEDLES)).toEqual([])
  expect(findNeedles(text, secrets)).toEqual([])
})

test('MongoDB and Redis: no document, key or value holds anything about anyone', async () => {
  const mongo = await openTestDatabase()
  bench.ending(mongo.close)
  const redis = await bench.server({ owned: true })
  const store = {
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { url: redis.url, keyPrefix: newPrefix() },
  }
  const running = await startPias({ config: { store } })
  bench.ending(running.close)
  const secrets = await useEverything(running)
  const inMongo = await readDatabase(mongo.client.db(mongo.database))
  const inRedis = await readRedis(redis.url)
  expect(inMongo.length).toBeGreaterThan(50_000)
  expect(inRedis.length).toBeGreaterThan(10_000)
  for (const text of [inMongo, inRedis]) {
    expect(findNeedles(text, NEEDLES)).toEqual([])
    expect(findNeedles(text, secrets)).toEqual([])
  }
})
