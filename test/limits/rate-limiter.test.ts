import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRateLimiter, type RateLimiter } from '#src/limits/rate-limiter.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const PER_MINUTE = { address: 100, network: 1000, client: 1000, account: 40 }

let dir: string
let store: Store
let now: number
let calls: number
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-limits-'))
  now = Date.parse('2036-11-22T12:00:00Z')
  calls = 0
  store = await openSqliteStore({ dataDir: dir, clock: () => now })
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

/** A node over the shared store; how often it asks the store is counted. */
const node = (): RateLimiter => {
  const hit: Store['limits']['hit'] = (...values) => {
    calls++
    return store.limits.hit(...values)
  }
  return createRateLimiter({ limits: { hit }, perMinute: PER_MINUTE, clock: () => now })
}
const countMany = (limiter: RateLimiter, times: number, id = 'a'): number =>
  Array.from({ length: times }, () => limiter.count('address', id)).filter(Boolean).length

test('lets through what is within the limit, and starts anew with the minute', () => {
  const limiter = node()
  expect(countMany(limiter, 120)).toBe(100)
  expect(limiter.isReached('address', 'a')).toBe(true)
  expect(limiter.isReached('address', 'b')).toBe(false)
  expect(limiter.isReached('network', 'a')).toBe(false)
  now += 60_000
  expect(limiter.isReached('address', 'a')).toBe(false)
  expect(countMany(limiter, 120)).toBe(100)
  expect(calls).toBe(0)
})

test('tells how long it is until the minute is over', () => {
  const limiter = node()
  const left = [0, 1, 58_999, 59_000, 59_999, 60_000].map(ms => {
    now = Date.parse('2036-11-22T12:00:00Z') + ms
    return limiter.secondsLeft()
  })
  expect(left).toEqual([60, 60, 2, 1, 1, 60])
})

test('who is far from a limit costs no command', async () => {
  const limiter = node()
  for (let person = 0; person < 50; person++) countMany(limiter, 9, `person-${person}`)
  await limiter.job.run()
  expect(calls).toBe(0)
})

test('nodes limit together what is told', async () => {
  const [one, other] = [node(), node()]
  expect(countMany(one, 60)).toBe(60)
  await one.job.run()
  expect(countMany(other, 30)).toBe(30)
  await other.job.run()
  expect(calls).toBe(2)
  expect(countMany(other, 30)).toBe(10)
  await other.job.run()
  expect(one.isReached('address', 'a')).toBe(false)
  one.count('address', 'a')
  await one.job.run()
  expect(one.isReached('address', 'a')).toBe(true)
  await one.job.run()
  expect(calls).toBe(4)
})

test('what is told in the same minute as before is told once', async () => {
  const limiter = node()
  countMany(limiter, 50)
  await limiter.job.run()
  await limiter.job.run()
  countMany(limiter, 1)
  await limiter.job.run()
  expect(await store.limits.hit(`rate:address:${now / 60_000}:a`, 60)).toBe(52)
})

test('while the store is away a node allows a quarter, and all again when it is back', async () => {
  const limiter = node()
  const { hit } = store.limits
  countMany(limiter, 20)
  store.limits.hit = () => Promise.reject(new Error('away'))
  await limiter.job.run()
  expect(countMany(limiter, 20)).toBe(5)
  expect(limiter.isReached('address', 'a')).toBe(true)
  store.limits.hit = hit
  await limiter.job.run()
  expect(limiter.isReached('address', 'a')).toBe(false)
})

test('made-up addresses fill nothing up', () => {
  const limiter = node()
  expect(countMany(limiter, 100, 'first')).toBe(100)
  for (let one = 0; one < 100_000; one++) limiter.count('address', `made-up-${one}`)
  expect(limiter.isReached('address', 'first')).toBe(false)
  expect(limiter.isReached('address', 'made-up-99999')).toBe(false)
})
