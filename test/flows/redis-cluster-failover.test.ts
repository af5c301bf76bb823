import type { PersonaId } from '#examples/customer-data/personas.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { startCluster } from '#test/store/redis/cluster.ts'
import { newPrefix, openProbe, until } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  toCallback,
} from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createLanes } from './store-faults/lanes.ts'
import { isClear, ROTATING_CLIENT } from './store-faults/person.ts'

/**
 * A primary of a Redis Cluster dies while people log in, and its replica takes over: who was in the middle of it goes on
 * or starts anew, nothing that was ended comes back, and the node goes on by itself.
 */
const RECOVERY_MS = 30_000
const PEOPLE: readonly PersonaId[] = ['lotte', 'thomas', 'senior', 'dutch-document', 'no-email', 'business']
/** So many people between itsme and the app, that some of them have their login on each of the three primaries. */
const IN_BETWEEN = 12

let mongo: TestDatabase
let cluster: Awaited<ReturnType<typeof startCluster>>
let running: RunningPias

beforeAll(async () => {
  ;[mongo, cluster] = await Promise.all([openTestDatabase(), startCluster({ replicas: true })])
  const store = {
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { ...cluster.config, keyPrefix: newPrefix() },
  }
  running = await startPias({ config: { ...PATIENT, store }, clients: [ROTATING_CLIENT] })
})
afterAll(async () => {
  await running?.close()
  await Promise.all([mongo?.close(), cluster?.close()])
})

const app = () => createTestApp(running, ROTATING_CLIENT)
const isReady = async () => (await createHttpBrowser().get(`${running.issuer}/readyz`)).status === 200
const silently = async (browser: ReturnType<typeof createHttpBrowser>) =>
  appAnswer(await browser.get(app().authorize({ prompt: 'none' }).url))

/** Somebody who was logged out: the browser as it was before, whose session is over. */
const loggedOut = async () => {
  const browser = createHttpBrowser()
  const request = app().authorize()
  const tokens = await redeem(app(), browser, await logIn(browser, request.url, 'junior'), request)
  const copy = browser.fork()
  const hint = new URLSearchParams({ id_token_hint: tokens.id_token })
  const asked = await browser.get(`${running.issuer}/session/end?${hint}`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
  await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  expect((await silently(copy)).error).toBe('login_required')
  return { copy, sub: claimsOf(tokens.id_token).sub }
}

/** Somebody who comes back from itsme now. `finish` tries again as the page says, or starts anew, until it works. */
const comingBack = async () => {
  const browser = createHttpBrowser()
  const callback = await toCallback(browser, app().authorize().url, 'junior')
  const code = async (from: string): Promise<boolean> =>
    appAnswer((await browser.follow(from, atApp)).at(-1)).code !== undefined
  return {
    callBack: async () => {
      const answer = await browser.get(callback)
      return isClear(answer) || answer.status === 303 ? [] : [`${answer.status} ${answer.location ?? answer.body}`]
    },
    finish: async () => {
      const last = (await browser.follow(callback, atApp)).at(-1)
      if (appAnswer(last).code !== undefined) return 'went on'
      expect([isOwnPage(last), last?.status]).toEqual([true, expect.any(Number)])
      const begun = await browser.get(app().authorize().url)
      return (await code(asPersona(begun.location, 'junior'))) ? 'started anew' : `${last?.status} ${last?.body}`
    },
  }
}

const roleOf = async (url: string): Promise<string | undefined> => {
  const probe = openProbe(url)
  try {
    return /^role:(\w+)/m.exec(await probe.redis.info('replication'))?.[1]
  } finally {
    probe.close()
  }
}

test('its replica takes over, logins end well or start anew, and nothing ended comes back', async () => {
  const [dying, , , replica] = cluster.servers
  const left = await loggedOut()
  const waiting = await Promise.all(Array.from({ length: IN_BETWEEN }, comingBack))
  const lanes = createLanes(running)
  lanes.join(PEOPLE)
  await lanes.moreLogins()

  dying?.kill()
  const lost = performance.now()
  // At once, while the Cluster does not know yet.
  expect((await Promise.all(waiting.map(one => one.callBack()))).flat()).toEqual([])
  await until(async () => (await roleOf(replica?.url ?? '')) === 'master')
  await until(isReady)
  expect(performance.now() - lost).toBeLessThan(RECOVERY_MS)
  const ends = await Promise.all(waiting.map(one => one.finish()))
  expect(ends.filter(end => end !== 'went on' && end !== 'started anew')).toEqual([])
  await lanes.moreLogins()
  await lanes.end()

  for (const [persona, person] of lanes.people) {
    expect([persona, person.unclear, person.subs.size]).toEqual([persona, [], 1])
    expect(await person.refreshUnsent()).toBe(true)
    expect(Math.max(...(await person.replayAll()))).toBe(1)
    expect([persona, person.unclear]).toEqual([persona, []])
  }
  expect((await silently(left.copy)).error).toBe('login_required')
})
