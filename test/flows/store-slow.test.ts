import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '#test/store/redis/support.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  toCallback,
  userinfo,
} from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type Stores, startStores } from '#test/support/servers/start-stores.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/**
 * MongoDB or Redis alive and slow: every answer comes two seconds later. A login has a dozen of them, so whoever waited for
 * all would wait half a minute, and others behind him. People are told to come again, and when the server is as fast as
 * before nobody has to do anything.
 */
const SLOW_MS = 2000
/** Requests come at this pace, whether or not the ones before are answered. */
const EVERY_MS = 60
const REQUESTS = 120
/**
 * Waiting at once, at most: those of the longest time that a call may take (2.5 s), and as many again for a busy machine.
 * Without bounds all of them would wait.
 */
const MOST_WAITING = 84

let stores: Stores
let running: RunningPias
beforeAll(async () => {
  stores = await startStores()
  running = await startPias({ config: { ...PATIENT, store: stores.config } })
})
afterAll(async () => {
  await running?.close()
  await stores?.close()
})

const app = () => createTestApp(running)
const get = (path: string) => createHttpBrowser().get(`${running.issuer}${path}`)
const recovered = () => until(async () => (await get('/readyz')).status === 200)

const logInAs = async (persona: string) => {
  const browser = createHttpBrowser()
  const request = app().authorize()
  const tokens = await redeem(app(), browser, await logIn(browser, request.url, persona), request)
  return { tokens, sub: claimsOf(tokens.id_token).sub }
}

const refresh = (token: string) =>
  app().token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: token })
const begin = () => createHttpBrowser().get(app().authorize().url)

/** Whether an answer says to come again: to a person by a page, to an app by an error. */
const isPutOff = (answer: Answer): boolean => {
  if (atApp(answer.location ?? '')) return appAnswer(answer).error === 'temporarily_unavailable'
  if (answer.status !== 503 || answer.headers['retry-after'] !== '5') return false
  return isOwnPage(answer) || answer.json().error === 'temporarily_unavailable'
}

/** Sends requests at a steady pace. @returns their answers, and how many of them waited at once */
const keepAsking = async (ask: (index: number) => Promise<Answer>) => {
  let waiting = 0
  let most = 0
  const answers: Promise<Answer>[] = []
  for (let index = 0; index < REQUESTS; index++) {
    waiting++
    most = Math.max(most, waiting)
    answers.push(ask(index).finally(() => waiting--))
    await sleep(EVERY_MS)
  }
  return { answers: await Promise.all(answers), most }
}

/** What is asked for of this server: a refresh needs the durable half at once, the beginning of a login the other. */
const CASES = [
  { name: 'mongo', ask: refresh },
  { name: 'redis', ask: begin },
] as const

test.each(CASES)(
  'a slow $name: bounded waiting, 503, and no pile-up; then all is well again',
  async ({ name, ask }) => {
    const before = await logInAs('lotte')
    const browser = createHttpBrowser()
    const callback = await toCallback(browser, app().authorize().url, 'lotte')

    stores[name].wire.slowDown(SLOW_MS)
    try {
      const page = await browser.get(callback)
      expect([page.status, page.headers['retry-after'], isOwnPage(page)]).toEqual([503, '5', true])
      expect(page.body).toContain(`href="${new URL(callback).pathname}?`)
      const { answers, most } = await keepAsking(() => ask(before.tokens.refresh_token))
      expect(
        answers.filter(answer => !isPutOff(answer)).map(({ status, location, body }) => [status, location, body]),
      ).toEqual([])
      expect(most).toBeLessThan(MOST_WAITING)
      const others = await Promise.all(['/livez', '/jwks', '/.well-known/openid-configuration', '/readyz'].map(get))
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 503])
    } finally {
      stores[name].wire.slowDown(0)
    }

    await recovered()
    const fresh = (await refresh(before.tokens.refresh_token)).json<{ access_token: string }>()
    expect((await userinfo(running, createHttpBrowser(), fresh.access_token)).status).toBe(200)
    expect((await logInAs('lotte')).sub).toBe(before.sub)

    // Who was in the middle of it goes on from where the page left off, at itsme once more if need be.
    const tried = (await browser.follow(callback, atApp)).at(-1)
    const retry = /href="(\/interaction\/[\w-]+\/retry)"/.exec(tried?.body ?? '')?.[1]
    const done =
      retry === undefined
        ? tried
        : (
            await browser.follow(asPersona((await browser.get(`${running.issuer}${retry}`)).location, 'lotte'), atApp)
          ).at(-1)
    expect(appAnswer(done).code).toBeDefined()
  },
)
