import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CollectionInfo, Db } from 'mongodb'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { runScript } from '#test/support/processes.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** What mongorestore does with an archive, without the archive: the same documents and indexes in another database. */
const copyDatabase = async (from: Db, to: Db): Promise<void> => {
  for (const { name, options } of (await from.listCollections().toArray()) as CollectionInfo[]) {
    const collection = await to.createCollection(name, options)
    const indexes = (await from.collection(name).indexes()).filter(index => index.name !== '_id_')
    if (indexes.length > 0) await collection.createIndexes(indexes as never)
    const documents = await from.collection(name).find().toArray()
    if (documents.length > 0) await collection.insertMany(documents)
  }
}

const bench = createBench()
let mongo: TestDatabase
let restored: TestDatabase
let running: RunningPias

beforeAll(async () => {
  ;[mongo, restored] = await Promise.all([openTestDatabase(), openTestDatabase()])
  bench.ending(mongo.close)
  bench.ending(restored.close)
  const redis = { url: (await bench.server()).url, keyPrefix: newPrefix() }
  running = await startPias({
    config: { store: { kind: 'mongo-redis', mongo: { url: mongo.url, database: mongo.database }, redis } },
  })
  bench.ending(running.close)
})

const subOfLogin = async (persona: string, at = running): Promise<string> => {
  const [app, browser] = [createTestApp(at), createHttpBrowser()]
  const asked = app.authorize()
  return String(claimsOf((await redeem(app, browser, await logIn(browser, asked.url, persona), asked)).id_token).sub)
}

test('a restored database is whole once the ledger was replayed, and logs a linked person in', async () => {
  const config = join(dirname(running.dataDir), 'pias.json')
  const env = { PIAS_CONFIG: config, PIAS_DATA_DIR: running.dataDir }
  const pias = (...args: string[]) => runScript('src/cli/pias.ts', { args, env })
  const lotte = await subOfLogin('lotte')
  const thomas = await subOfLogin('thomas')
  await copyDatabase(mongo.client.db(mongo.database), restored.client.db(restored.database))
  expect((await pias('accounts', 'erase', thomas, '--yes', '--reason', 'synthetic request')).code).toBe(0)
  const ledger = join(dirname(config), 'erasures.jsonl')
  writeFileSync(ledger, (await pias('erasures', 'export')).stdout)
  expect((await pias('backup', 'make', join(dirname(config), 'copy.db'))).code).toBe(2)

  const url = new URL(restored.url)
  url.pathname = `/${restored.database}`
  const before = await pias('backup', 'check', url.href, '--ledger', ledger)
  expect([before.code, before.stdout]).toEqual([2, expect.stringContaining(`(pias erasures replay): ${thomas}\n`)])

  // The restored database becomes the configured one.
  await running.pias.close()
  const { store, ...rest } = JSON.parse(readFileSync(config, 'utf8'))
  const { url: server, database } = restored
  writeFileSync(config, JSON.stringify({ ...rest, store: { ...store, mongo: { url: server, database } } }))
  expect((await pias('erasures', 'replay', ledger)).stdout).toBe('1 erasures replayed, 1 accounts erased\n')
  const after = await pias('backup', 'check', '--ledger', ledger)
  expect([after.code, after.stdout]).toEqual([
    0,
    expect.stringMatching(/^1 accounts, 1 identities, 4 links, .*\nwhole\n$/),
  ])
  const again = await running.startAgain({})
  expect(await subOfLogin('lotte', again)).toBe(lotte)
  expect(await subOfLogin('thomas', again)).not.toBe(thomas)
})
