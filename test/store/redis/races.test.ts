import { RACERS, race } from '#test/store/contract/context.ts'
import { createBench, newPrefix } from './support.ts'

const ROUNDS = 20
const bench = createBench()
let stores: Awaited<ReturnType<typeof bench.store>>[] = []

/** Two nodes: each has a connection of its own. */
beforeAll(async () => {
  const { url } = await bench.server()
  const keyPrefix = newPrefix()
  stores = [await bench.store(url, { keyPrefix }), await bench.store(url, { keyPrefix })]
})

const nodeOf = (racer: number) => stores[racer % 2] as Awaited<ReturnType<typeof bench.store>>

const rounds = async (work: (round: string) => Promise<void>) => {
  for (let round = 0; round < ROUNDS; round++) await work(`${round}`)
}

test('of consumers at two nodes one wins, and all read when that was', () =>
  rounds(async id => {
    await nodeOf(0).artifacts.upsert('AuthorizationCode', id, { id }, 60, { grantId: 'g' })
    const won = await race(racer => nodeOf(racer).artifacts.consume('AuthorizationCode', id))
    expect(won.filter(Boolean)).toHaveLength(1)
    const found = await race(racer => nodeOf(racer).artifacts.find('AuthorizationCode', id))
    expect(new Set(found.map(artifact => artifact?.consumedAt)).size).toBe(1)
  }))

test('a replacement in the middle of the race lets nobody win twice', () =>
  rounds(async id => {
    await nodeOf(0).artifacts.upsert('DeviceCode', id, { step: 1 }, 60, {})
    const won = await race(async racer => {
      if (racer % 4 === 3) await nodeOf(racer).artifacts.upsert('DeviceCode', id, { step: racer }, 60, {})
      return nodeOf(racer).artifacts.consume('DeviceCode', id)
    })
    expect(won.filter(Boolean)).toHaveLength(1)
  }))

test('of inserters at two nodes one wins', () =>
  rounds(async id => {
    const won = await race(racer => nodeOf(racer).artifacts.insertOnce('ReplayDetection', id, 60))
    expect(won.filter(Boolean)).toHaveLength(1)
  }))

test('of transitions at two nodes one wins, and its data stay', () =>
  rounds(async uid => {
    await nodeOf(0).attempts.create(uid, {}, 60)
    const results = await race(racer => nodeOf(racer).attempts.transition(uid, 1, { racer }))
    expect(results.filter(result => result === 'ok')).toHaveLength(1)
    expect(await nodeOf(1).attempts.find(uid)).toEqual({ version: 2, data: { racer: results.indexOf('ok') } })
  }))

test('of creators at two nodes one wins', () =>
  rounds(async id => {
    const uid = `created-${id}`
    const results = await Promise.allSettled(
      Array.from({ length: RACERS }, (_, racer) => nodeOf(racer).attempts.create(uid, { racer }, 60)),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  }))

test('hits at two nodes are all counted, in one window', async () => {
  const counts = await race(racer => nodeOf(racer).limits.hit('shared', 60))
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1))
})

test('what one node writes of a grant, the other revokes', () =>
  rounds(async id => {
    const grantId = `g${id}`
    await race(racer => nodeOf(racer).artifacts.upsert('AccessToken', `${id}-${racer}`, {}, 60, { grantId }))
    await nodeOf(1).artifacts.revokeByGrantId('AccessToken', grantId)
    const found = await race(racer => nodeOf(racer).artifacts.find('AccessToken', `${id}-${racer}`))
    expect(found.filter(Boolean)).toEqual([])
  }))
