import type { Db } from 'mongodb'
import { createBench, listenIn } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona, atApp, createTestApp, redeem } from '#test/support/log-in.ts'
import { watchRequests } from '#test/support/watch-requests.ts'
import { type PiasOnServers, startOnServers } from './on-servers.ts'

/** What a first login may cost. */
const MOST_COMMANDS = 16
const MOST_ROUND_TRIPS = 8
/** Queries, writes and the commit; two of them read the app's rollout policy, beside the leg upstream (ADR 0050),
 * and one a second looks whether clients were changed (ADR 0045). */
const MOST_MONGO_COMMANDS = 18
const MOST_REQUESTS = 4

const bench = createBench()
let pias: PiasOnServers
let db: Db

const WITH_REFRESH = 'openid profile email phone address customer offline_access'
const SESSION_BOUND = 'openid profile email phone address customer'

const logIn = async (
  persona: string,
  scope: string,
  steps: (name: string, step: () => Promise<void>) => Promise<void>,
) => {
  const app = createTestApp(pias.running, undefined, scope)
  const browser = createHttpBrowser()
  const asked = app.authorize()
  let at = asked.url
  const goOn = async () => {
    at = (await browser.get(at)).location ?? ''
  }
  await steps('/auth', goOn)
  at = (await browser.get(asPersona(at, persona))).location ?? ''
  await steps('/callback', goOn)
  await steps('/auth/:uid', goOn)
  expect(atApp(at)).toBe(true)
  await steps('/token', async () => {
    await redeem(app, browser, [{ location: at } as never], asked)
  })
}

/** Commands of this database and commits, by the server's own profile. */
const mongoCommands = async (work: () => Promise<unknown>): Promise<string[]> => {
  const commits = async () => (await db.admin().serverStatus()).metrics.commands.commitTransaction.total as number
  await db.setProfilingLevel('off')
  await db.dropCollection('system.profile')
  const before = await commits()
  await db.setProfilingLevel('all')
  await work()
  await db.setProfilingLevel('off')
  const committed = (await commits()) - before
  const seen = await db.collection('system.profile').find().sort({ ts: 1 }).toArray()
  const names = seen
    .filter(({ ns, appName }) => appName === 'pias' && !ns.endsWith('system.profile'))
    .map(({ op, command, ns }) => `${op === 'command' ? Object.keys(command)[0] : op} ${ns.split('.').at(-1)}`)
  return [...names, ...Array<string>(committed).fill('commit')]
}

beforeAll(async () => {
  pias = await startOnServers(bench)
  db = pias.mongo.client.db(pias.mongo.database)
  // Each connection sends a script whole once, and keys are fetched once.
  const atOnce = (_name: string, step: () => Promise<void>) => step()
  await logIn('thomas', WITH_REFRESH, atOnce)
  await logIn('thomas', SESSION_BOUND, atOnce)
})

describe('a first itsme login on MongoDB and Redis', () => {
  test.each([
    ['with a refresh token', 'lotte', WITH_REFRESH],
    ['bound to its session', 'no-email', SESSION_BOUND],
  ])('%s stays within its budget of commands and round trips', async (_name, persona, scope) => {
    const requests = watchRequests(pias.running.issuer)
    const cost: { step: string; trips: number; commands: string[] }[] = []
    const mongo = await mongoCommands(() =>
      logIn(persona, scope, async (step, work) => {
        let trips = 0
        const heard = await listenIn(pias.redisUrl, async () => {
          trips = await pias.proxy.tripsOf(work)
        })
        const own = heard.filter(args => args.some(arg => arg.startsWith(pias.keyPrefix)))
        cost.push({ step, trips, commands: own.map(([name = '']) => name) })
      }),
    )
    requests.stop()
    const sum = (of: (one: (typeof cost)[number]) => number) => cost.reduce((total, one) => total + of(one), 0)
    const total = { commands: sum(one => one.commands.length), roundTrips: sum(one => one.trips) }
    console.info(`Redis, ${scope}: ${JSON.stringify({ total, cost })}\nMongoDB, ${mongo.length}: ${mongo.join(', ')}`)
    expect(total.commands).toBeGreaterThan(8)
    expect(total.commands).toBeLessThanOrEqual(MOST_COMMANDS)
    expect(total.roundTrips).toBeLessThanOrEqual(MOST_ROUND_TRIPS)
    expect(mongo.length).toBeGreaterThan(8)
    expect(mongo.length).toBeLessThanOrEqual(MOST_MONGO_COMMANDS)
    expect(requests.seen.filter(({ path }) => !path.endsWith('/jwks')).length).toBeLessThanOrEqual(MOST_REQUESTS)
  })
})
