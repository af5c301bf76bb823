import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { openRedisStore, type RedisStore } from '#src/store/redis/open.ts'
import { freePort } from '#test/support/free-ports.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'
import { startCluster } from './cluster.ts'
import { startFront } from './front.ts'
import { createBench, newPrefix } from './support.ts'

const bench = createBench()

/** The rights as the README lists them, so that it cannot say less than is needed. */
const README = readFileSync(join(import.meta.dirname, '../../../src/store/redis/README.md'), 'utf8')
const [, listed = '', onCluster = ''] = /`~pias:\* (.+)` and on a Cluster `(.+)`/.exec(README) ?? []
const RIGHTS = listed.split(' ')

/** Every operation once. */
const useAll = async ({ artifacts, attempts, limits, ping }: RedisStore) => {
  await ping()
  const id = newPrefix()
  await artifacts.upsert('Session', id, {}, 60, {})
  await artifacts.upsert('Session', id, {}, 60, { uid: id, userCode: id, grantId: id })
  expect(await artifacts.find('Session', id)).toBeDefined()
  expect(await artifacts.findByUid('Session', id)).toBeDefined()
  expect(await artifacts.findByUserCode('Session', id)).toBeDefined()
  expect(await artifacts.consume('Session', id)).toBe(true)
  await artifacts.revokeByGrantId('Session', id)
  expect(await artifacts.find('Session', id)).toBeUndefined()
  await artifacts.destroy('Session', id)
  expect(await artifacts.insertOnce('ReplayDetection', id, 600)).toBe(true)
  await attempts.create(id, {}, 60)
  expect(await attempts.find(id)).toBeDefined()
  expect(await attempts.transition(id, 1, {})).toBe('ok')
  expect(await limits.hit(id, 60)).toBe(1)
}

const allow = (redis: Redis, user: string, rights: readonly string[]) =>
  redis.call('ACL', 'SETUSER', user, 'on', '>p@ss/word', '~pias:*', '-@all', ...rights)

const urlFor = (url: string, user: string) => url.replace('redis://', `redis://${user}:p%40ss%2Fword@`)

describe('a user with the listed rights only', () => {
  let url = ''
  let redis: Redis

  beforeAll(async () => {
    url = (await bench.server({ owned: true })).url
    redis = bench.probe(url).redis
  })

  test('can do everything', async () => {
    await allow(redis, 'pias', RIGHTS)
    await useAll(await bench.store(urlFor(url, 'pias')))
  })

  test('cannot do everything in other keys', async () => {
    const opening = openRedisStore({ url: urlFor(url, 'pias'), keyPrefix: 'other:', clock: Date.now })
    await expect(opening).rejects.toMatchObject({ code: 'store.unusable' })
  })

  // Without INFO the driver itself would complain on the console.
  test.each(RIGHTS.filter(right => right !== '+info'))('needs %s', async right => {
    const user = `without-${right.slice(1)}`
    const others = RIGHTS.filter(one => one !== right)
    await allow(redis, user, others)
    const use = async () => useAll(await bench.store(urlFor(url, user)))
    await expect(use()).rejects.toMatchObject({ code: 'store.unusable', detail: expect.stringContaining('NOPERM') })
  })

  test('can do everything on a Cluster, with two more', async () => {
    const cluster = await startCluster()
    bench.ending(cluster.close)
    for (const server of cluster.servers) {
      await allow(bench.probe(server.url).redis, 'pias', [...RIGHTS, ...onCluster.split(' ')])
    }
    await useAll(await bench.store(urlFor(cluster.config.url, 'pias'), { clusterNodes: [] }))
  })
})

describe('opening is refused with one line', () => {
  test('for a wrong password, which is not repeated', async () => {
    const { url } = await bench.server({ owned: true, args: ['--requirepass', 'right'] })
    const error = await openRedisStore({ url: url.replace('//', '//:wrong@'), clock: Date.now }).catch(reason => reason)
    expect(error).toMatchObject({ code: 'store.unusable', detail: expect.stringContaining('WRONGPASS') })
    expect(`${error.detail}`).not.toContain('wrong@')
    await bench.store(url.replace('//', '//:right@'))
  })

  test('for no password where one is needed', async () => {
    const { url } = await bench.server({ owned: true, args: ['--requirepass', 'right'] })
    const opening = openRedisStore({ url, clock: Date.now })
    await expect(opening).rejects.toMatchObject({ code: 'store.unusable', detail: expect.stringContaining('NOAUTH') })
  })

  test('for a server that evicts keys', async () => {
    const { url } = await bench.server({ owned: true, args: ['--maxmemory-policy', 'allkeys-lru'] })
    const opening = openRedisStore({ url, clock: Date.now })
    const detail = 'Redis evicts keys (maxmemory-policy allkeys-lru): set it to noeviction'
    await expect(opening).rejects.toMatchObject({ code: 'store.unusable', detail })
  })
})

test('a server whose memory is full takes no writes, says so, and is read on', async () => {
  const { url } = await bench.server({ owned: true })
  const store = await bench.store(url)
  await store.artifacts.upsert('Session', 's', { n: 1 }, 60, {})
  const { redis } = bench.probe(url)
  await redis.config('SET', 'maxmemory', '1')
  await expect(store.ping()).rejects.toMatchObject({ code: 'store.unavailable', detail: 'Redis: OOM' })
  await expect(store.artifacts.upsert('Session', 't', {}, 60, {})).rejects.toMatchObject({ code: 'store.unavailable' })
  expect(await store.artifacts.find('Session', 's')).toEqual({ payload: { n: 1 } })
  await redis.config('SET', 'maxmemory', '0')
  await store.ping()
})

test('the database in the URL is used', async () => {
  const { url } = await bench.server({ owned: true })
  const store = await bench.store(`${url}/3`)
  await store.limits.hit('k', 60)
  const { redis } = bench.probe(`${url}/3`)
  expect(await redis.get('pias:limit:k')).toBe('1')
})

describe('over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-redis-tls-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  /** A TLS front of a plain server, which asks for a certificate of the same authority. */
  const startMutual = async (target: string) => {
    const certificate = await createTestCertificate(dir)
    const port = await freePort()
    const front = await startFront({ port, target: Number(new URL(target).port), certificate, mutual: true })
    bench.ending(front.close)
    return { url: front.url, ...certificate }
  }

  test('both sides know each other by their certificates', async () => {
    const { url, certFile, keyFile } = await startMutual((await bench.server({ owned: true })).url)
    await useAll(await bench.store(url, { tls: { caFile: certFile, certFile, keyFile } }))
    const opening = openRedisStore({ url, clock: Date.now })
    await expect(opening).rejects.toMatchObject({
      code: 'store.unavailable',
      detail: expect.stringMatching(/SELF_SIGNED/),
    })
    const nameless = openRedisStore({ url, tls: { caFile: certFile }, clock: Date.now })
    await expect(nameless).rejects.toMatchObject({ code: 'store.unavailable' })
  })
})
