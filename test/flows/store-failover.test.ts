import { MongoClient } from 'mongodb'
import { type PersonaId, personaTruth } from '#examples/customer-data/personas.ts'
import { newPrefix, until } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { type MongoSet, startMongoSet } from '#test/support/servers/start-mongo-set.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { readAgreement } from './store-faults/agreement.ts'
import { createLanes } from './store-faults/lanes.ts'
import { ROTATING_CLIENT } from './store-faults/person.ts'

/** A replica set that loses its primary twice while people log in: no acknowledged link is lost. */
const RECOVERY_MS = 15_000

/** Linked before anything fails; their later logins must find the same account. */
const RETURNING: readonly PersonaId[] = ['lotte', 'thomas', 'senior', 'dutch-document', 'no-email', 'business']

let set: MongoSet
let redis: Awaited<ReturnType<typeof startRedis>>
let running: RunningPias
let inspector: MongoClient

beforeAll(async () => {
  ;[set, redis] = await Promise.all([startMongoSet(), startRedis()])
  const store = {
    kind: 'mongo-redis',
    mongo: { url: set.url, database: 'pias' },
    redis: { url: redis.url, keyPrefix: newPrefix() },
  }
  running = await startPias({ config: { ...PATIENT, store }, clients: [ROTATING_CLIENT] })
  inspector = new MongoClient(set.url, { readConcern: { level: 'majority' } })
})
afterAll(async () => {
  await inspector?.close()
  await running?.close()
  await Promise.all([set?.close(), redis?.close()])
})

/** The node says so itself: a write went through to the database. */
const isReady = async () => (await createHttpBrowser().get(`${running.issuer}/readyz`)).status === 200

test('nobody loses what was acknowledged, and logins go on by themselves', async () => {
  const lanes = createLanes(running)
  /** @returns milliseconds until all is well again */
  const lose = async (losePrimary: () => Promise<void>, newcomers: readonly PersonaId[]): Promise<number> => {
    await losePrimary()
    const lost = performance.now()
    lanes.join(newcomers)
    await until(isReady)
    const recovery = performance.now() - lost
    await lanes.moreLogins()
    return recovery
  }

  lanes.join(RETURNING)
  await lanes.moreLogins()
  expect(await lose(set.stepDown, ['twin-a', 'junior'])).toBeLessThan(RECOVERY_MS)
  expect(await lose(set.killPrimary, ['household', 'bis-number'])).toBeLessThan(RECOVERY_MS)
  await lanes.end()

  const agreement = await readAgreement(inspector.db('pias'), running.pias.store)
  expect(agreement.half).toEqual([])
  expect(agreement.accounts).toBe(lanes.people.size)
  for (const [persona, person] of lanes.people) {
    expect([persona, person.unclear, person.subs.size]).toEqual([persona, [], 1])
    expect(agreement.linksOf([...person.subs].join())).toEqual(personaTruth()[persona].link)
    expect(await person.refreshUnsent()).toBe(true)
  }
})
