import { openKeyRing } from '#src/crypto/key-ring/open-key-ring.ts'
import { type MongoStore, openMongoStore } from '#src/store/mongo/open.ts'
import { openTestDatabase } from '#test/store/mongo/test-database.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const POLICY = {
  algs: ['ES256'],
  everyMs: 90 * DAY_MS,
  aheadMs: DAY_MS,
  cachedMs: HOUR_MS,
  retainMs: 2 * DAY_MS,
} as const
/** As in production; RSA keys take long to make. */
const BOTH = { ...POLICY, algs: ['ES256', 'RS256'] } as const

let now = 0
beforeEach(() => {
  now = Date.parse('2036-11-22T12:00:00Z')
})

const open = (keys = memoryKeys(), policy: Parameters<typeof openKeyRing>[0]['policy'] = POLICY) =>
  openKeyRing({ keys, clock: () => now, name: 'test', policy })

type Ring = ReturnType<typeof open>

const statesOf = async (ring: Ring, alg: string) =>
  ring
    .atPresent(await ring.read())
    .filter(({ jwk }) => jwk.alg === alg)
    .map(({ state }) => state)
const kidOf = async (ring: Ring, state: string, alg = 'ES256') =>
  ring.atPresent(await ring.read()).find(({ jwk, ...key }) => jwk.alg === alg && key.state === state)?.jwk.kid

describe('a key ring', () => {
  test('is made by the first who asks, and the same for all', async () => {
    const keys = memoryKeys()
    const rings = await Promise.all(Array.from({ length: 4 }, () => open(keys, BOTH).read()))
    expect(new Set(rings.map(ring => JSON.stringify(ring))).size).toBe(1)
    expect(rings[0]?.map(({ jwk }) => [jwk.alg, jwk.use, typeof jwk.d])).toEqual([
      ['ES256', 'sig', 'string'],
      ['RS256', 'sig', 'string'],
    ])
  })

  test('by the schedule: next a day ahead, current for 90 days, retired for two, then gone', async () => {
    const ring = open(memoryKeys(), BOTH)
    await ring.read()
    const first = await kidOf(ring, 'current')
    now += 89 * DAY_MS - 1
    expect(await ring.rotateIfDue()).toBe(false)
    now += 1
    expect(await ring.rotateIfDue()).toBe(true)
    expect(await ring.rotateIfDue()).toBe(false)
    for (const alg of BOTH.algs) expect(await statesOf(ring, alg)).toEqual(['current', 'next'])
    expect(await kidOf(ring, 'current')).toBe(first)
    const second = await kidOf(ring, 'next')

    now += DAY_MS - 1
    expect(await kidOf(ring, 'current')).toBe(first)
    now += 1
    expect(await kidOf(ring, 'current')).toBe(second)
    for (const alg of BOTH.algs) expect(await statesOf(ring, alg)).toEqual(['retired', 'current'])
    now += 2 * DAY_MS - 1
    expect(await kidOf(ring, 'retired')).toBe(first)
    now += 1
    for (const alg of BOTH.algs) expect(await statesOf(ring, alg)).toEqual(['current'])

    now += 90 * DAY_MS
    expect(await ring.rotateIfDue()).toBe(true)
    expect((await ring.read()).map(({ jwk }) => jwk.kid)).not.toContain(first)
  })

  test('tells since when and until when', async () => {
    const ring = open()
    const start = now
    await ring.read()
    now += DAY_MS
    await ring.rotate()
    const times = async () => ring.atPresent(await ring.read()).map(({ jwk: _jwk, ...key }) => key)
    expect(await times()).toEqual([
      { state: 'current', since: start, until: start + 2 * DAY_MS },
      { state: 'next', since: start + DAY_MS, until: start + 2 * DAY_MS },
    ])
    now += DAY_MS
    expect(await times()).toEqual([
      { state: 'retired', since: start + 2 * DAY_MS, until: start + 4 * DAY_MS },
      { state: 'current', since: start + 2 * DAY_MS },
    ])
  })

  test('a clock that is behind still has a current key', async () => {
    const ring = open()
    await ring.read()
    now -= HOUR_MS
    expect(await kidOf(ring, 'current')).toEqual(expect.any(String))
  })

  test('an algorithm that comes later has a key at once', async () => {
    const keys = memoryKeys()
    await open(keys).read()
    const ring = open(keys, BOTH)
    expect(await ring.rotateIfDue()).toBe(true)
    expect(await statesOf(ring, 'RS256')).toEqual(['current'])
  })

  test('a rotation by command waits until everybody has seen the next key, unless it is forced', async () => {
    const ring = open()
    await ring.read()
    expect(await ring.activate({ force: true })).toEqual({ kind: 'no-next' })
    expect(await ring.rotate()).toBe(true)
    expect(await ring.rotate()).toBe(false)
    const next = await kidOf(ring, 'next')
    const possibleFrom = now + HOUR_MS
    now += HOUR_MS - 1
    expect(await ring.activate({ force: false })).toEqual({ kind: 'too-early', possibleFrom })
    expect(await kidOf(ring, 'next')).toBe(next)
    now += 1
    expect(await ring.activate({ force: false })).toEqual({ kind: 'activated' })
    expect(await kidOf(ring, 'current')).toBe(next)

    await ring.rotate()
    const forced = await kidOf(ring, 'next')
    expect(await ring.activate({ force: true })).toEqual({ kind: 'activated' })
    expect(await kidOf(ring, 'current')).toBe(forced)
  })

  test('a leaked key is withdrawn, but never the one in use', async () => {
    const ring = open()
    await ring.read()
    const leaked = (await kidOf(ring, 'current')) ?? ''
    expect(await ring.withdraw(leaked)).toBe('current')
    expect(await ring.withdraw('unknown')).toBe('unknown')
    await ring.rotate()
    await ring.activate({ force: true })
    expect(await ring.withdraw(leaked)).toBe('withdrawn')
    expect((await ring.read()).map(({ jwk }) => jwk.kid)).not.toContain(leaked)
    expect(await statesOf(ring, 'ES256')).toEqual(['current'])
  })
})

test('of sixteen schedulers of four nodes on MongoDB one rotates, once', async () => {
  const database = await openTestDatabase()
  const stores: MongoStore[] = []
  try {
    for (let node = 0; node < 4; node++) {
      const { url, database: name } = database
      stores.push(await openMongoStore({ url, database: name, clock: Date.now, migrate: true }))
    }
    const rings = stores.flatMap(({ keys }) =>
      Array.from({ length: 4 }, () => openKeyRing({ keys, clock: () => now, name: 'test', policy: POLICY })),
    )
    for (const ring of rings) await ring.read()
    const [ring] = rings as [Ring]
    for (let round = 1; round <= 3; round++) {
      now += 90 * DAY_MS
      const began = await Promise.allSettled(rings.map(ring => ring.rotateIfDue()))
      // A node that got no answer in time comes again.
      const answered = began.filter(result => result.status === 'fulfilled').map(({ value }) => value)
      if (answered.length === rings.length) expect(answered.filter(Boolean)).toHaveLength(1)
      await ring.rotateIfDue()
      expect(await statesOf(ring, 'ES256')).toEqual(['current', 'next'])
    }
  } finally {
    await Promise.all(stores.map(store => store.close()))
    await database.close()
  }
})
