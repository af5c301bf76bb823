import { whenThere } from '#src/composition/when-there.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { openRedisStore } from '#src/store/redis/open.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { until } from '#test/support/until.ts'

/** A node that starts waits for its stores. */
let redis: TestServer
beforeAll(async () => {
  redis = await startRedis({ owned: true })
})
afterAll(() => redis.close())

const startWith = <Opened>(open: () => Promise<Opened>, patienceMs: number) => {
  const events: unknown[] = []
  const note = (fields: object) => events.push((fields as { event?: string }).event)
  const logger = { debug: note, info: note, warn: note, error: note }
  return { events, opening: whenThere(open, { logger, patienceMs }) }
}

const openStore = () => openRedisStore({ url: redis.url, clock: Date.now })

test('a store that comes later is waited for, which the log says once', async () => {
  redis.kill()
  let tries = 0
  const { events, opening } = startWith(() => {
    tries += 1
    return openStore()
  }, 60_000)
  await until(() => tries > 2)
  expect(events).toEqual(['store_awaited'])
  await redis.restart()
  const store = await opening
  await store.ping()
  expect(events).toEqual(['store_awaited', 'store_there'])
  await store.close()
})

test('one that stays away ends the start', async () => {
  redis.kill()
  const { opening } = startWith(openStore, 300)
  await expect(opening).rejects.toMatchObject({ code: 'store.unavailable' })
  await redis.restart()
})

test('what is wrong is not waited for', async () => {
  let tries = 0
  const open = async () => {
    tries += 1
    throw new PiasError('store.unusable', 'the user is refused')
  }
  const { events, opening } = startWith(open, 60_000)
  await expect(opening).rejects.toMatchObject({ code: 'store.unusable' })
  expect([tries, events]).toEqual([1, []])
})
