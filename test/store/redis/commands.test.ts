import type { RedisStore } from '#src/store/redis/open.ts'
import { startProxy } from './proxy.ts'
import { createBench, listenIn, newPrefix } from './support.ts'

const bench = createBench()
const prefix = newPrefix()
let url = ''
let proxy: Awaited<ReturnType<typeof startProxy>>
let probe: ReturnType<typeof bench.probe>
let store: RedisStore

/** What one operation costs: the commands sent, and how often their answers are waited for. */
const costOf = async (work: () => Promise<unknown>) => {
  let trips = 0
  const heard = await listenIn(url, async () => {
    trips = await proxy.tripsOf(work)
  })
  const commands = heard.filter(args => args.some(arg => arg.startsWith(prefix))).map(([name]) => name)
  expect(heard.length).toBe(commands.length)
  return { commands: commands.join(' '), trips }
}

beforeAll(async () => {
  url = (await bench.server({ owned: true })).url
  proxy = await startProxy(url)
  bench.ending(proxy.close)
  probe = bench.probe(url)
  store = await bench.store(proxy.url, { keyPrefix: prefix })
  // Each connection sends a script whole once, and by its hash from then on.
  await store.artifacts.upsert('Warm', 'up', {}, 60, {})
  await store.artifacts.upsert('Warm', 'up', {}, 60, { uid: 'u', grantId: 'g' })
  await store.artifacts.consume('Warm', 'up')
  await store.artifacts.insertOnce('Warm', 'replay', 60)
  await store.artifacts.findByUid('Warm', 'u')
  await store.artifacts.revokeByGrantId('Warm', 'g')
  await store.attempts.create('warm', {}, 60)
  await store.attempts.transition('warm', 1, {})
  await store.limits.hit('warm', 60)
  await store.ping()
})

describe('each operation costs', () => {
  type Port = RedisStore['artifacts']
  test.each<[string, (artifacts: Port) => Promise<unknown>, string, number]>([
    ['writing', port => port.upsert('Interaction', 'i', {}, 60, {}), 'evalsha', 1],
    ['writing, with a uid', port => port.upsert('Session', 's', {}, 60, { uid: 'u' }), 'evalsha', 1],
    ['writing, of a grant', port => port.upsert('Code', 'c', {}, 60, { grantId: 'g' }), 'evalsha', 1],
    ['writing again', port => port.upsert('Session', 's', {}, 60, { uid: 'u' }), 'evalsha', 1],
    ['reading', port => port.find('Session', 's'), 'get', 1],
    ['reading by uid', port => port.findByUid('Session', 's'), 'evalsha', 1],
    ['reading by user code', port => port.findByUserCode('DeviceCode', 'd'), 'evalsha', 1],
    ['consuming', port => port.consume('Code', 'c'), 'evalsha', 1],
    ['inserting once', port => port.insertOnce('ReplayDetection', 'r', 60), 'evalsha', 1],
    ['destroying', port => port.destroy('Session', 's'), 'del', 1],
    ['revoking by a grant of one', port => port.revokeByGrantId('Code', 'g'), 'zrange evalsha', 2],
  ])('%s', async (_what, work, commands, trips) => {
    expect(await costOf(() => work(store.artifacts))).toEqual({ commands, trips })
  })

  test('one command for each use of attempts and limits', async () => {
    const { attempts, limits } = store
    expect(await costOf(() => attempts.create('a', {}, 60))).toEqual({ commands: 'set', trips: 1 })
    expect(await costOf(() => attempts.find('a'))).toEqual({ commands: 'get', trips: 1 })
    expect(await costOf(() => attempts.transition('a', 1, {}))).toEqual({ commands: 'evalsha', trips: 1 })
    expect(await costOf(() => limits.hit('a', 60))).toEqual({ commands: 'evalsha', trips: 1 })
    expect(await costOf(() => limits.hitTimed('a', 60))).toEqual({ commands: 'evalsha', trips: 1 })
  })

  test('one round trip for what is done at once', async () => {
    const work = () => Promise.all([1, 2, 3, 4].map(n => store.artifacts.find('Session', `${n}`)))
    expect(await costOf(work)).toEqual({ commands: 'get get get get', trips: 1 })
  })
})

describe('nothing grows without end', () => {
  test('every key of a login expires by itself, its indexes with it', async () => {
    const own = newPrefix()
    const { artifacts, attempts, limits } = await bench.store(url, { keyPrefix: own })
    await artifacts.upsert('Session', 's', {}, 60, { uid: 'u', grantId: 'g', userCode: 'c' })
    await artifacts.consume('Session', 's')
    await artifacts.insertOnce('ReplayDetection', 'r', 60)
    await attempts.create('a', {}, 60)
    await attempts.transition('a', 1, {})
    await limits.hit('l', 60)
    const lasting = (await probe.keys(own)).filter(key => key.includes('{failover}'))
    expect(await probe.keys(own)).toHaveLength(7 + lasting.length)
    await probe.elapse(own, 61)
    expect(await probe.keys(own)).toEqual([expect.stringContaining(':grant:'), ...lasting].sort())
    await probe.elapse(own, 60)
    expect(await probe.keys(own)).toEqual(lasting)
    expect(lasting).toEqual([`${own}{failover}:replication-ids`])
  })

  test('a grant forgets the artifacts that have expired', async () => {
    const own = newPrefix()
    let now = 1_000_000_000_000
    const { artifacts } = await bench.store(url, { keyPrefix: own, clock: () => now })
    const ids = () => probe.redis.zrange(`${own}grant:AccessToken:g`, '0', '-1')
    await artifacts.upsert('AccessToken', 'long', {}, 3600, { grantId: 'g' })
    for (let round = 0; round < 20; round++) {
      await artifacts.upsert('AccessToken', `${round}`, {}, 60, { grantId: 'g' })
      now += 60_000
    }
    expect(await ids()).toEqual(['18', '19', 'long'])
    // It lasts as long as the artifact that lasts longest.
    expect(await probe.redis.pttl(`${own}grant:AccessToken:g`)).toBeGreaterThan(2_400_000)
    await artifacts.revokeByGrantId('AccessToken', 'g')
    expect(await artifacts.find('AccessToken', 'long')).toBeUndefined()
  })
})

test('nothing is stored that lives no longer than now', async () => {
  const { artifacts, attempts, limits } = store
  await artifacts.upsert('Session', 'over', {}, 60, {})
  await artifacts.upsert('Session', 'over', {}, 0, { uid: 'over' })
  expect(await artifacts.find('Session', 'over')).toBeUndefined()
  expect(await artifacts.insertOnce('ReplayDetection', 'over', -1)).toBe(true)
  expect(await artifacts.find('ReplayDetection', 'over')).toBeUndefined()
  await attempts.create('over', {}, 0)
  expect(await attempts.find('over')).toBeUndefined()
  expect(await limits.hit('over', 0)).toBe(1)
  expect(await limits.hitTimed('over', 0)).toEqual({ hits: 1, leftSeconds: 0 })
})
