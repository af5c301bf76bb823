import type { RedisStore } from '#src/store/redis/open.ts'
import { startProxy } from './proxy.ts'
import { createBench, newPrefix, REPLICATING, until } from './support.ts'

/** Lifetimes of client assertions, in seconds: the longest that is accepted, and one as clients use it. */
const LONGEST = 330
const USUAL = 60

const bench = createBench()

/**
 * A primary and its replica, with a store that reaches the primary through a proxy. `promoteStale` cuts the replica off,
 * lets `lost` happen on the primary only, and then puts the replica in its place: what an asynchronous failover does.
 */
const startPair = async () => {
  const [primary, replica] = [await bench.server(REPLICATING), await bench.server(REPLICATING)]
  const { redis } = bench.probe(replica.url)
  await redis.replicaof('127.0.0.1', Number(new URL(primary.url).port))
  const proxy = await startProxy(primary.url)
  bench.ending(proxy.close)
  const keyPrefix = newPrefix()
  const store = await bench.store(proxy.url, { keyPrefix })

  const isCaughtUp = async () => {
    await store.limits.hit('replicated', 60)
    return (await redis.exists(`${keyPrefix}limit:replicated`)) === 1
  }
  const replicated = async () => {
    await until(isCaughtUp)
    await store.artifacts.upsert('Session', 'last', {}, 60, {})
    await until(async () => (await redis.exists(`${keyPrefix}artifact:Session:last`)) === 1)
  }

  return {
    store,
    keyPrefix,
    replicaUrl: replica.url,
    promoteStale: async (lost: () => Promise<void>) => {
      await replicated()
      await redis.replicaof('NO', 'ONE')
      await lost()
      proxy.follow(replica.url)
      proxy.cut()
      await until(async () => (await store.ping()) === undefined)
    },
  }
}

const inserts = ({ artifacts }: RedisStore, id: string, ttlSeconds: number) =>
  artifacts.insertOnce('ReplayDetection', id, ttlSeconds)

describe('after the promotion of a replica that missed the last writes', () => {
  let pair: Awaited<ReturnType<typeof startPair>>
  let consumedBefore = false

  beforeAll(async () => {
    pair = await startPair()
    const { artifacts } = pair.store
    await artifacts.upsert('AuthorizationCode', 'spent', { n: 1 }, 60, {})
    await artifacts.upsert('AuthorizationCode', 'unspent', { n: 2 }, 60, {})
    await artifacts.upsert('Session', 'session', { n: 3 }, 60, { uid: 'u' })
    await pair.promoteStale(async () => {
      consumedBefore = await artifacts.consume('AuthorizationCode', 'spent')
      await inserts(pair.store, 'seen', USUAL)
    })
  })

  test('a code whose consumption was lost cannot be consumed again', async () => {
    const { artifacts } = pair.store
    expect(consumedBefore).toBe(true)
    // The mark was lost indeed: only the stamp is between the code and a second use.
    expect(await artifacts.find('AuthorizationCode', 'spent')).toEqual({ payload: { n: 1 } })
    expect(await artifacts.consume('AuthorizationCode', 'spent')).toBe(false)
  })

  test('nor can one that nobody used: the server cannot tell them apart', async () => {
    expect(await pair.store.artifacts.consume('AuthorizationCode', 'unspent')).toBe(false)
  })

  test('nor by writing it again', async () => {
    const { artifacts } = pair.store
    await artifacts.upsert('AuthorizationCode', 'spent', { n: 4 }, 60, {})
    expect(await artifacts.consume('AuthorizationCode', 'spent')).toBe(false)
  })

  test('sessions live on, and new codes work', async () => {
    const { artifacts } = pair.store
    expect(await artifacts.findByUid('Session', 'u')).toEqual({ payload: { n: 3 } })
    await artifacts.upsert('AuthorizationCode', 'new', {}, 60, {})
    expect(await artifacts.consume('AuthorizationCode', 'new')).toBe(true)
    expect(await artifacts.consume('AuthorizationCode', 'new')).toBe(false)
  })

  test('ids that may have been seen before are refused at every node, until they would have expired', async () => {
    const other = await bench.store(pair.replicaUrl, { keyPrefix: pair.keyPrefix })
    const probe = bench.probe(pair.replicaUrl)
    for (const store of [pair.store, other]) {
      expect(await inserts(store, 'seen', USUAL)).toBe(false)
      expect(await inserts(store, `fresh-${store === other}`, LONGEST)).toBe(true)
    }
    // Remaining lifetimes of 60 s: made before the failover until 260 s after it.
    await probe.elapse(pair.keyPrefix, 250)
    for (const store of [pair.store, other]) {
      await store.ping()
      expect(await inserts(store, 'seen', USUAL)).toBe(false)
    }
    await probe.elapse(pair.keyPrefix, 20)
    await pair.store.ping()
    expect(await inserts(pair.store, 'seen', USUAL)).toBe(true)
    expect(await inserts(other, 'seen', USUAL)).toBe(false)
  })
})

describe('after a restart', () => {
  test('what was written before cannot be consumed, whether or not the file has it all', async () => {
    const server = await bench.server({ owned: true, args: ['--appendfsync', 'always'] })
    const store = await bench.store(server.url)
    await store.artifacts.upsert('AuthorizationCode', 'before', { n: 1 }, 60, {})
    await store.artifacts.upsert('Session', 'before', { n: 2 }, 60, {})
    expect(await inserts(store, 'seen', USUAL)).toBe(true)
    server.kill()
    await server.restart()
    // No ping in between: the first operation is the one that finds out.
    await until(async () => (await store.artifacts.find('Session', 'before')) !== undefined)
    expect(await inserts(store, 'new', USUAL)).toBe(false)
    expect(await store.artifacts.consume('AuthorizationCode', 'before')).toBe(false)
    // A node that starts after the failover learns of it.
    expect(await inserts(await bench.store(server.url), 'new', USUAL)).toBe(false)
  })

  test('nodes note the new server as soon as they are connected to it', async () => {
    const server = await bench.server({ owned: true })
    await bench.store(server.url)
    server.kill()
    await server.restart()
    const { redis } = bench.probe(server.url)
    await until(async () => (await redis.scard('pias:{failover}:replication-ids')) === 2)
    expect(await redis.pttl('pias:{failover}:quarantine')).toBeGreaterThan(300_000)
  })

  test('of a server that lost everything, ids are refused by the nodes that knew it', async () => {
    const server = await bench.server({ owned: true, args: ['--appendonly', 'no'] })
    const store = await bench.store(server.url)
    expect(await inserts(store, 'seen', USUAL)).toBe(true)
    server.kill()
    await server.restart()
    await until(async () => (await store.ping()) === undefined)
    expect(await inserts(store, 'seen', USUAL)).toBe(false)
    expect(await inserts(await bench.store(server.url), 'seen', USUAL)).toBe(false)
  })

  test('an emptied server is noticed by the next ping', async () => {
    const server = await bench.server({ owned: true })
    const store = await bench.store(server.url)
    expect(await inserts(store, 'seen', USUAL)).toBe(true)
    await bench.probe(server.url).redis.flushall()
    await store.ping()
    expect(await inserts(store, 'seen', USUAL)).toBe(false)
  })
})

test('a first start on an empty server is no failover', async () => {
  const server = await bench.server({ owned: true })
  const [first, second] = [await bench.store(server.url), await bench.store(server.url)]
  await first.ping()
  expect(await inserts(first, 'a', USUAL)).toBe(true)
  expect(await inserts(second, 'b', USUAL)).toBe(true)
})

test('the list of servers seen before stays short', async () => {
  const server = await bench.server({ owned: true })
  const keyPrefix = newPrefix()
  const { redis } = bench.probe(server.url)
  const key = `${keyPrefix}{failover}:replication-ids`
  await redis.sadd(key, ...Array.from({ length: 257 }, (_, index) => `id-${index}`))
  const store = await bench.store(server.url, { keyPrefix })
  expect(await redis.scard(key)).toBe(1)
  expect(await inserts(store, 'a', USUAL)).toBe(true)
})

test('a primary that became a replica is left for the one that the address now leads to', async () => {
  const [first, second] = [await bench.server({ owned: true }), await bench.server({ owned: true })]
  const proxy = await startProxy(first.url)
  bench.ending(proxy.close)
  const store = await bench.store(proxy.url)
  proxy.follow(second.url)
  await bench.probe(first.url).redis.replicaof('127.0.0.1', Number(new URL(second.url).port))
  await expect(store.limits.hit('k', 60)).rejects.toMatchObject({ code: 'store.unavailable' })
  await until(async () => (await store.limits.hit('k', 60)) > 0)
  expect(await bench.probe(second.url).redis.exists('pias:limit:k')).toBe(1)
})
