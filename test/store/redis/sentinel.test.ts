import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#test/support/free-ports.ts'
import { startGate } from '#test/support/servers/gate.ts'
import { GROUP, startSentinel } from './sentinel.ts'
import { createBench, REPLICATING, until } from './support.ts'

// Registered first, so it runs last: the driver's connections to Sentinels end with a timer of two seconds each.
afterAll(() => sleep(2100))
const bench = createBench()
const portOf = (url: string): number => Number(new URL(url).port)

const watch = async (primary: string) => {
  const sentinel = await startSentinel({ primary: portOf(primary) })
  bench.ending(sentinel.close)
  return sentinel
}

test('is not opened where no Sentinel answers, or none knows the name', async () => {
  const { url } = await bench.server({ owned: true })
  const sentinel = await watch(url)
  const nobody = `redis://127.0.0.1:${await freePort()}`
  const openings = [
    bench.store('redis://unknown', { sentinels: [sentinel.url] }),
    bench.store(`redis://${GROUP}`, { sentinels: [nobody] }),
  ].map(opening => expect(opening).rejects.toMatchObject({ code: 'store.unavailable' }))
  await Promise.all(openings)
})

/** A primary, a replica that has all of it, and a Sentinel that knows both. */
const startPair = async () => {
  const [primary, replica] = [await bench.server(REPLICATING), await bench.server(REPLICATING)]
  const follower = bench.probe(replica.url).redis
  await follower.replicaof('127.0.0.1', portOf(primary.url))
  const sentinel = await watch(primary.url)
  const watcher = bench.probe(sentinel.url).redis
  const replicas = async () => (await watcher.call('SENTINEL', 'REPLICAS', GROUP)) as unknown[]
  await until(async () => (await replicas()).length === 1)
  await until(async () => (await follower.info('replication')).includes('master_link_status:up'))
  return { primary, follower, sentinel, watcher }
}

test('follows the primary that Sentinel names, and what was issued before is not consumed', async () => {
  const { primary, follower, sentinel } = await startPair()
  const store = await bench.store(`redis://${GROUP}`, { sentinels: [sentinel.url] })
  await store.artifacts.upsert('Session', 's', { n: 1 }, 600, { uid: 'u' })
  await store.artifacts.upsert('AuthorizationCode', 'c', {}, 600, {})
  await until(async () => (await follower.exists('pias:artifact:AuthorizationCode:c')) === 1)

  primary.kill()
  await expect(store.ping()).rejects.toMatchObject({ code: 'store.unavailable' })
  await until(async () => (await store.ping()) === undefined)
  expect(await follower.info('replication')).toContain('role:master')
  expect(await store.artifacts.findByUid('Session', 'u')).toEqual({ payload: { n: 1 } })
  expect(await store.artifacts.consume('AuthorizationCode', 'c')).toBe(false)
})

test('follows it also where it is told of the new one while it asks for it', async () => {
  const { primary, sentinel, watcher } = await startPair()
  const gate = await startGate(portOf(sentinel.url))
  bench.ending(gate.close)
  const store = await bench.store(`redis://${GROUP}`, { sentinels: [`redis://127.0.0.1:${gate.port}`] })
  await watcher.subscribe('+switch-master')
  const told = once(watcher, 'message')
  // What it asks from now on is not answered; what it is told is.
  gate.hold()
  primary.kill()
  await told
  await sleep(500)
  gate.release()
  await until(async () => (await store.ping()) === undefined)
}, 60_000)
