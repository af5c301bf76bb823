import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHourlyLimit } from '#src/admin/api/hourly-limit.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const dir = mkdtempSync(join(tmpdir(), 'pias-hourly-limit-'))
let now = Date.parse('2036-11-22T12:00:00Z')
let store: Store
beforeAll(async () => {
  store = await openSqliteStore({ dataDir: dir, clock: () => now })
})
afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

test('who is over a limit is told what is left of the hour, and let through then', async () => {
  const tooMany = createHourlyLimit({ limits: store.limits, name: 'looks', what: 'looks', most: 2 })
  const waitOf = async () => (await tooMany({ accountId: 'lotte' }))?.headers?.['Retry-After']
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  expect([await waitOf(), await waitOf()]).toEqual([undefined, undefined])
  pass(600)
  expect(await waitOf()).toBe('3000')
  pass(2998.5)
  expect(await waitOf()).toBe('2')
  pass(1.4)
  expect(await waitOf()).toBe('1')
  pass(0.1)
  expect(await waitOf()).toBeUndefined()
})
