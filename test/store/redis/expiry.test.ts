import { setTimeout as sleep } from 'node:timers/promises'
import { startCluster } from './cluster.ts'
import { createBench, newPrefix, until } from './support.ts'

/** What is short-lived goes by itself, by the server's own clock: no key of it is left, and none goes before its time. */
const SHORT_SECONDS = 3
const LONG_SECONDS = 600
const GRANT_MARGIN_MS = 61_000

const bench = createBench()

const topologies = {
  'one server': async () => {
    const { url } = await bench.server()
    return { config: { url }, urls: [url] }
  },
  'a Cluster': async () => {
    const cluster = await startCluster()
    bench.ending(cluster.close)
    return { config: cluster.config, urls: cluster.servers.map(({ url }) => url) }
  },
}

test.each(Object.entries(topologies))('on %s', async (_name, start) => {
  const { config, urls } = await start()
  const keyPrefix = newPrefix()
  const { artifacts, attempts, limits } = await bench.store(config.url, { ...config, keyPrefix })
  const probes = urls.map(url => bench.probe(url))
  /** What is kept for all time, whatever was written: which servers there were. */
  const known = new Set((await Promise.all(probes.map(probe => probe.keys(keyPrefix)))).flat())
  const left = async () =>
    (await Promise.all(probes.map(probe => probe.keys(keyPrefix)))).flat().filter(key => !known.has(key))
  /** What names the artifacts of a grant goes a little later, so that none is forgotten while it lives. */
  const onlyGrants = async () => (await left()).every(key => key.startsWith(`${keyPrefix}grant:`))
  const lifeOf = async (key: string) =>
    Math.max(...(await Promise.all(probes.map(({ redis }) => redis.pttl(key).catch(() => -2)))))

  const indexes = { uid: 'u', userCode: 'c', grantId: 'g' }
  const begun = performance.now()
  await artifacts.upsert('Session', 'short', { n: 1 }, SHORT_SECONDS, indexes)
  await artifacts.upsert('Session', 'short-2', { n: 2 }, SHORT_SECONDS, { grantId: 'g' })
  await attempts.create('short', { n: 3 }, SHORT_SECONDS)
  expect(await attempts.transition('short', 1, { n: 4 })).toBe('ok')
  expect(await limits.hit('short', SHORT_SECONDS)).toBe(1)
  expect(await artifacts.insertOnce('ReplayDetection', 'short', SHORT_SECONDS)).toBe(true)
  expect(await artifacts.consume('Session', 'short')).toBe(true)
  const found = [await artifacts.findByUid('Session', 'u'), await attempts.find('short')]
  // A slow machine may have needed the second for that alone.
  if (performance.now() - begun < SHORT_SECONDS * 1000) {
    expect(found).toEqual([
      { payload: { n: 1 }, consumedAt: expect.any(Number) },
      { version: 2, data: { n: 4 } },
    ])
  }

  await until(onlyGrants)
  expect(performance.now() - begun).toBeGreaterThan(SHORT_SECONDS * 1000 - 20)
  for (const key of await left()) {
    const life = await lifeOf(key)
    expect([key, life > -1, life < GRANT_MARGIN_MS]).toEqual([key, true, true])
  }
  expect(await artifacts.find('Session', 'short')).toBeUndefined()
  expect(await artifacts.consume('Session', 'short-2')).toBe(false)
  expect(await attempts.transition('short', 2, {})).toBe('stale')
  expect(await limits.hit('short', SHORT_SECONDS)).toBe(1)
  expect(await artifacts.insertOnce('ReplayDetection', 'short', SHORT_SECONDS)).toBe(true)
})

test('what is written anew lives on, with its indexes, and a grant as long as the longest of it', async () => {
  const { url } = await bench.server()
  const { artifacts } = await bench.store(url, { keyPrefix: newPrefix() })
  await artifacts.upsert('Session', 's', { n: 1 }, SHORT_SECONDS, { uid: 'u', grantId: 'g' })
  await artifacts.upsert('Session', 's', { n: 2 }, LONG_SECONDS, { uid: 'u', grantId: 'g' })
  await artifacts.upsert('Session', 'other', {}, SHORT_SECONDS, { grantId: 'g' })
  await sleep((SHORT_SECONDS + 0.3) * 1000)
  expect(await artifacts.findByUid('Session', 'u')).toEqual({ payload: { n: 2 } })
  await artifacts.revokeByGrantId('Session', 'g')
  expect(await artifacts.find('Session', 's')).toBeUndefined()
})
