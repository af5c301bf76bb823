import type { RedisStore } from '#src/store/redis/open.ts'
import { startCluster } from './cluster.ts'
import { startProxy } from './proxy.ts'
import { createBench } from './support.ts'

const bench = createBench()
let cluster: Awaited<ReturnType<typeof startCluster<Awaited<ReturnType<typeof startProxy>>>>>
let store: RedisStore

/** How often each server is waited for while `work` runs. */
const tripsOf = async (work: () => Promise<unknown>): Promise<number[]> => {
  const running = work()
  return Promise.all(cluster.fronts.map(({ tripsOf }) => tripsOf(() => running)))
}

beforeAll(async () => {
  cluster = await startCluster({ front: ({ port, target }) => startProxy(`redis://127.0.0.1:${target}`, { port }) })
  bench.ending(cluster.close)
  store = await bench.store(cluster.config.url, { clusterNodes: [] })
  // Each connection sends a script whole once, and by its hash from then on.
  for (let nth = 0; nth < 40; nth++) {
    await store.artifacts.upsert('Warm', `${nth}`, {}, 60, { uid: `${nth}`, grantId: `${nth}`, userCode: `${nth}` })
    await store.artifacts.consume('Warm', `${nth}`)
  }
})

test('an artifact with all its indexes is written in one round trip, to whichever servers they go', async () => {
  const seen: number[] = []
  for (let nth = 0; nth < 40; nth++) {
    const indexes = { uid: `u${nth}`, grantId: `g${nth}`, userCode: `c${nth}` }
    const trips = await tripsOf(() => store.artifacts.upsert('Session', `s${nth}`, {}, 60, indexes))
    // Four keys on three servers: were one waited for after the other, some server would be waited for twice.
    expect(Math.max(...trips)).toBe(1)
    seen.push(trips.filter(count => count > 0).length)
  }
  // They did go to several: else nothing was shown.
  expect(Math.max(...seen)).toBe(3)
})

test('so are artifacts without an index, and what is consumed', async () => {
  for (let nth = 0; nth < 10; nth++) {
    const write = await tripsOf(() => store.artifacts.upsert('Code', `${nth}`, {}, 60, {}))
    const consume = await tripsOf(() => store.artifacts.consume('Code', `${nth}`))
    for (const trips of [write, consume]) expect([...trips].sort()).toEqual([0, 0, 1])
  }
})
