import { setTimeout as sleep } from 'node:timers/promises'
import { openMongoStore } from '#src/store/mongo/open.ts'
import { drawTown } from '#test/matching/train/town.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { importLines } from '#test/support/import-lines.ts'
import { type Running, startScript } from '#test/support/processes.ts'

/** A training whose process stood still in the middle of reading: the time of its call is over when it wakes up. */
const TOWN = drawTown(100)
/** Longer than any call of a login may take. */
const STILL_MS = 4000

let mongo: TestDatabase
let child: Running | undefined
beforeAll(async () => {
  mongo = await openTestDatabase()
  const store = await openMongoStore({ url: mongo.url, database: mongo.database, clock: Date.now, migrate: true })
  await importLines(store, TOWN)
  await store.close()
})
afterAll(async () => {
  await child?.stop('SIGKILL')
  await mongo.close()
})

test('goes on when it wakes up, and reads everything once', async () => {
  child = startScript('test/cli/training/reading-child.ts', { args: [mongo.url, mongo.database] })
  await child.line(/^asking/)
  await sleep(STILL_MS)
  process.kill(child.pid, 'SIGCONT')
  expect(await child.line(/^(read|failed)/)).toBe(`read ${TOWN.length}`)
  await child.ended()
}, 60_000)
