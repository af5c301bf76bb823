import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { type MongoStore, openMongoStore } from '#src/store/mongo/open.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'

const DATABASE = 'pias-failures'
const FAULTS = 20
const LANES = 4
/** A call is answered within 2.5 s, whatever the server does; the rest is for a busy machine. */
const LONGEST_CALL_MS = 5000
const RECOVERY_MS = 20_000

/** Always the same numbers from 0 to below 1 (a linear congruential generator, Numerical Recipes). */
const createRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

type Fault = (server: TestServer, random: () => number) => Promise<void>

/** Short of the socket's time limit and beyond it. */
const pause: Fault = async (server, random) => {
  server.pause()
  await sleep(100 + random() * 1900)
  server.resume()
}

const kill: Fault = async (server, random) => {
  server.kill()
  await sleep(random() * 1000)
  await server.restart()
}

const restart: Fault = server => server.restart()

type Lane = {
  readonly acknowledged: Map<string, string>
  readonly codes: Set<string>
  longest: number
  persons: number
}

/** `over`: the last person is still served; `abandoned`: not even that one. */
type State = { over: boolean; abandoned: boolean }

/** Opens an account for one new person after the other; one who was refused comes back, as after an error page. */
const runLane = async (name: string, store: MongoStore, lane: Lane, state: State): Promise<void> => {
  for (let person = 0; !state.over; person++) {
    const subject = `${name}-${person}`
    for (let tries = 0; !lane.acknowledged.has(subject) && !state.abandoned; tries++) {
      const id = `${subject}-${tries}`
      const started = performance.now()
      try {
        const result = await store.accounts.open({
          account: { id: id as AccountId, createdAt: 1, updatedAt: 1, claims: {} },
          identity: { issuer: 'i', clientId: 'c', subject },
          customers: (['tv', 'mobile'] as const).map(serviceLine => ({
            serviceLine,
            customerId: subject,
            method: 'match',
            ruleVersion: '1',
            evidence: {},
          })),
          events: [{ at: 1, type: 'account.opened', accountId: id, data: {} }],
        })
        if (!('accountId' in result)) throw new Error('nobody else asks for these records')
        lane.acknowledged.set(subject, result.accountId)
      } catch (error) {
        lane.codes.add(error instanceof PiasError ? error.code : String(error))
        await sleep(20)
      }
      lane.longest = Math.max(lane.longest, performance.now() - started)
    }
    lane.persons = person + 1
  }
}

describe('a MongoDB that is paused, killed and restarted while accounts are opened', () => {
  let server: TestServer
  let client: MongoClient
  let store: MongoStore
  const state: State = { over: false, abandoned: false }
  const lanes: Lane[] = []

  beforeAll(async () => {
    server = await startMongo({ owned: true })
    client = new MongoClient(server.url)
    store = await openMongoStore({ url: server.url, database: DATABASE, clock: Date.now, migrate: true })
  })

  afterAll(async () => {
    Object.assign(state, { over: true, abandoned: true })
    await store.close()
    await client.close()
    await server.close()
  })

  /** Every lane has opened one more account than now: the store works again, by itself. */
  const untilRecovered = async (): Promise<void> => {
    const before = lanes.map(({ persons }) => persons)
    const deadline = performance.now() + RECOVERY_MS
    while (lanes.some(({ persons }, index) => persons <= (before[index] ?? 0))) {
      if (performance.now() > deadline)
        throw new Error(`not recovered: ${JSON.stringify(lanes.map(l => [...l.codes]))}`)
      await sleep(20)
    }
  }

  test(`recovers by itself from ${FAULTS} faults at random points`, async () => {
    const random = createRandom(6)
    const running = Array.from({ length: LANES }, (_, index) => {
      const lane: Lane = { acknowledged: new Map(), codes: new Set(), longest: 0, persons: 0 }
      lanes.push(lane)
      return runLane(`lane${index}`, store, lane, state)
    })
    for (let round = 0; round < FAULTS; round++) {
      await untilRecovered()
      await sleep(random() * 40)
      await ([pause, kill, restart][round % 3] as Fault)(server, random)
    }
    await untilRecovered()
    state.over = true
    await Promise.all(running)
  }, 150_000)

  test('a call that fails says that the store is unavailable, and in time', () => {
    expect([...new Set(lanes.flatMap(({ codes }) => [...codes]))]).toEqual(['store.unavailable'])
    expect(Math.max(...lanes.map(({ longest }) => longest))).toBeLessThan(LONGEST_CALL_MS)
  })

  test('no acknowledged account or link is lost', async () => {
    const acknowledged = new Map(lanes.flatMap(lane => [...lane.acknowledged]))
    expect(acknowledged.size).toBeGreaterThan(FAULTS * LANES)
    const db = client.db(DATABASE)
    const identities = await db.collection('identities').find().toArray()
    expect(
      new Map(identities.map(({ _id, accountId }) => [(_id as unknown as { subject: string }).subject, accountId])),
    ).toEqual(acknowledged)
    const links = await db.collection('customer_links').find().toArray()
    expect(links).toHaveLength(2 * acknowledged.size)
    expect(links.filter(({ customerId, accountId }) => acknowledged.get(customerId) !== accountId)).toEqual([])
  })

  test('there is no half account: each has its identity, its links and its audit event, and nothing else is there', async () => {
    const ids = lanes.flatMap(({ acknowledged }) => [...acknowledged.values()]).sort()
    const db = client.db(DATABASE)
    const accounts = await db.collection('accounts').distinct('_id')
    expect(accounts.map(String).sort()).toEqual(ids)
    const events = await db.collection('audit_events').find().toArray()
    expect(events.map(({ accountId }) => accountId).sort()).toEqual(ids)
  })
})
