import { once } from 'node:events'
import { createServer } from 'node:net'
import { PiasError } from '#src/kernel/errors.ts'
import { openRedisStore, type RedisStore } from '#src/store/redis/open.ts'
import { freePort } from '#test/support/free-ports.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startCluster } from './cluster.ts'
import { createBench, until } from './support.ts'

const CALLS = 200
/** Twice the budget of a command, and room for a busy machine. */
const BOUND_MS = 1500
/** More than a command may take, less than a connection may be silent. */
const STANDSTILL_MS = 700
const UNAVAILABLE = { code: 'store.unavailable', status: 503, retryable: true }

const bench = createBench()
let server: TestServer
let store: RedisStore

beforeAll(async () => {
  server = await bench.server({ owned: true })
  store = await bench.store(server.url)
})

/** Calls that fail as they should: what was thrown, and how long the slowest took. */
const failingCalls = async (count: number) => {
  const calls = Array.from({ length: count }, async (_, index) => {
    const start = performance.now()
    const error: unknown = await store.artifacts.find('Session', `${index}`).catch((reason: unknown) => reason)
    return { error, ms: performance.now() - start }
  })
  const results = await Promise.all(calls)
  return { errors: results.map(({ error }) => error), slowest: Math.max(...results.map(({ ms }) => ms)) }
}

const works = async () => {
  await store.ping()
  await store.artifacts.upsert('Session', 'back', { back: true }, 60, { uid: 'u' })
  return (await store.artifacts.findByUid('Session', 'u')) !== undefined
}

describe('a server that hangs', () => {
  afterEach(() => server.resume())

  test('makes calls fail within their budget, then at once, and is used again when it goes on', async () => {
    expect(await works()).toBe(true)
    server.pause()
    const first = await failingCalls(CALLS)
    const late = { ...UNAVAILABLE, detail: 'Redis: no answer in time' }
    for (const error of first.errors) expect(error).toMatchObject(late)
    expect(first.slowest).toBeLessThan(BOUND_MS)

    // The connection is given up; from then on nobody waits.
    await until(async () => (await failingCalls(1)).slowest < 50)
    const later = await failingCalls(CALLS)
    for (const error of later.errors) expect(error).toMatchObject(UNAVAILABLE)
    expect(later.slowest).toBeLessThan(200)
    await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE)

    server.resume()
    await until(works)
    expect(await store.artifacts.find('Session', 'back')).toEqual({ payload: { back: true } })
  })

  test('does not keep a store from closing', async () => {
    const closing = await bench.store(server.url)
    server.pause()
    const start = performance.now()
    await closing.close()
    expect(performance.now() - start).toBeLessThan(BOUND_MS)
    await expect(closing.ping()).rejects.toMatchObject(UNAVAILABLE)
  })

  test('is not opened, within seconds', async () => {
    server.pause()
    await expect(openRedisStore({ url: server.url, clock: Date.now })).rejects.toMatchObject(UNAVAILABLE)
  })
})

test('a node that stood still takes the answers that came meanwhile', async () => {
  await until(works)
  const answers = Promise.all(Array.from({ length: 16 }, (_, racer) => store.artifacts.find('Session', `${racer}`)))
  // They are on their way; then this process does nothing for longer than a command may take.
  await new Promise(resolve => process.nextTick(resolve))
  const end = performance.now() + STANDSTILL_MS
  while (performance.now() < end);
  expect(await answers).toHaveLength(16)
  expect(await works()).toBe(true)
})

describe('a server that dies', () => {
  test('makes calls fail at once, and is used again when it is back', async () => {
    await until(works)
    await store.artifacts.upsert('AuthorizationCode', 'kept', { n: 1 }, 60, {})
    await store.attempts.create('kept', { n: 1 }, 60)
    server.kill()
    // Calls in flight and calls after them.
    const { errors, slowest } = await failingCalls(CALLS)
    for (const error of errors) expect(error).toMatchObject(UNAVAILABLE)
    expect(slowest).toBeLessThan(BOUND_MS)
    await until(async () => (await failingCalls(1)).slowest < 50)
    await expect(store.limits.hit('k', 60)).rejects.toMatchObject(UNAVAILABLE)
    await expect(store.attempts.transition('kept', 1, {})).rejects.toMatchObject(UNAVAILABLE)
    await expect(store.artifacts.consume('AuthorizationCode', 'kept')).rejects.toMatchObject(UNAVAILABLE)

    await server.restart()
    await until(works)
    expect(await store.artifacts.find('AuthorizationCode', 'none')).toBeUndefined()
  })

  test('does not keep a store from closing', async () => {
    await until(works)
    const closing = await bench.store(server.url)
    server.kill()
    // Between two attempts to connect.
    await until(async () => (await closing.ping().catch(error => error.detail)) === 'Redis: not connected')
    const start = performance.now()
    await closing.close()
    expect(performance.now() - start).toBeLessThan(BOUND_MS)
    await expect(closing.ping()).rejects.toMatchObject(UNAVAILABLE)
    await server.restart()
    await until(works)
  })

  test('passes on no command, no argument and no driver error', async () => {
    await until(works)
    server.kill()
    const secret = 'a-code-that-must-not-be-logged'
    const error: unknown = await store.artifacts.find('AuthorizationCode', secret).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PiasError)
    expect((error as PiasError).cause).toBeUndefined()
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret)
    await server.restart()
    await until(works)
  })
})

describe('one of a Cluster that dies', () => {
  test('makes calls for its keys fail in time, and is used again when it is back', async () => {
    const cluster = await startCluster()
    bench.ending(cluster.close)
    const { artifacts } = await bench.store('', cluster.config)
    const ids = Array.from({ length: 60 }, (_, index) => `${index}`)
    const writeAll = () => Promise.allSettled(ids.map(id => artifacts.upsert('Session', id, {}, 60, { uid: id })))
    expect((await writeAll()).filter(({ status }) => status === 'rejected')).toEqual([])

    cluster.servers[1]?.kill()
    const start = performance.now()
    const failures = (await writeAll()).flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    expect(performance.now() - start).toBeLessThan(BOUND_MS)
    expect(failures.length).toBeGreaterThan(0)
    for (const failure of failures) expect(failure).toMatchObject(UNAVAILABLE)

    await cluster.servers[1]?.restart()
    await until(async () => (await writeAll()).every(({ status }) => status === 'fulfilled'))
    expect(await artifacts.findByUid('Session', '0')).toEqual({ payload: {} })
  })
})

describe('a server that was emptied', () => {
  test('has nothing any more, and is used on', async () => {
    await until(works)
    const probe = bench.probe(server.url)
    await store.artifacts.upsert('Session', 's', {}, 60, { uid: 's', userCode: 'c', grantId: 'g' })
    await store.attempts.create('a', {}, 60)
    await probe.redis.flushall()
    await probe.redis.script('FLUSH')
    expect(await store.artifacts.find('Session', 's')).toBeUndefined()
    expect(await store.artifacts.findByUid('Session', 's')).toBeUndefined()
    expect(await store.artifacts.findByUserCode('Session', 'c')).toBeUndefined()
    expect(await store.artifacts.consume('Session', 's')).toBe(false)
    expect(await store.attempts.find('a')).toBeUndefined()
    expect(await store.attempts.transition('a', 1, {})).toBe('stale')
    await store.artifacts.revokeByGrantId('Session', 'g')
    expect(await works()).toBe(true)
  })
})

describe('opening', () => {
  test('fails with one line where nobody listens', async () => {
    const port = await freePort()
    const opening = openRedisStore({ url: `redis://user:secret@127.0.0.1:${port}`, clock: Date.now })
    await expect(opening).rejects.toMatchObject({
      ...UNAVAILABLE,
      detail: `Redis at 127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
    })
  })

  test('fails in time where somebody listens who is no Redis', async () => {
    const mute = createServer(socket => socket.resume()).listen(0, '127.0.0.1')
    bench.ending(() => mute.close())
    await once(mute, 'listening')
    const { port } = mute.address() as { port: number }
    const start = performance.now()
    const opening = openRedisStore({ url: `redis://127.0.0.1:${port}`, clock: Date.now })
    await expect(opening).rejects.toMatchObject(UNAVAILABLE)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
