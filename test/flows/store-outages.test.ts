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
import { type Stores, startStores, type TrippedServer } from '#test/support/servers/start-stores.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/**
 * MongoDB or Redis gone, or there and silent: everybody is told to come again, nobody waits for the server, and when it
 * is back nobody has to do anything. Nothing here is timed: that an answer comes while the server stays silent shows that
 * the wait for it is bounded.
 */
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
  return { browser, tokens, sub: claimsOf(tokens.id_token).sub }
}

/** Somebody at the moment that the upstream sends them back. */
const atCallback = async () => {
  const browser = createHttpBrowser()
  return { browser, callback: await toCallback(browser, app().authorize().url, 'lotte') }
}

const FAILURES = {
  pause: (server: TrippedServer) => {
    server.pause()
    return async () => server.resume()
  },
  kill: (server: TrippedServer) => {
    server.kill()
    return () => server.restart()
  },
}

const pageAnswer = (page: Answer) => [page.status, page.headers['retry-after'], isOwnPage(page)]
const PAGE = [503, '5', true]
const tokenAnswer = (answer: Answer) => [answer.status, answer.headers['retry-after'], answer.json().error]
const TOKEN = [503, '5', 'temporarily_unavailable']

const AT_ONCE = 30

const CASES = (['mongo', 'redis'] as const).flatMap(name => (['pause', 'kill'] as const).map(how => ({ name, how })))

test.each(CASES)('$how $name: 503 while it lasts, and all is well when it is over', async ({ name, how }) => {
  const before = await logInAs('lotte')
  const { browser, callback } = await atCallback()
  const refresh = () =>
    app().token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: before.tokens.refresh_token })

  const mend = FAILURES[how](stores[name])
  try {
    const [page, me, ready, ...others] = await Promise.all([
      browser.get(callback),
      userinfo(running, createHttpBrowser(), before.tokens.access_token),
      get('/readyz'),
      ...['/livez', '/jwks', '/.well-known/openid-configuration'].map(get),
    ])
    expect(pageAnswer(page)).toEqual(PAGE)
    expect([me.status, me.headers['retry-after']]).toEqual([503, '5'])
    expect(ready.status).toBe(503)
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200])
    const many = await Promise.all(Array.from({ length: AT_ONCE }, refresh))
    expect(many.map(tokenAnswer)).toEqual(Array(AT_ONCE).fill(TOKEN))
  } finally {
    await mend()
  }
  await recovered()
  expect((await refresh()).status).toBe(200)
  expect((await logInAs('lotte')).sub).toBe(before.sub)
})

test('without redis nobody can begin, and the app is told so', async () => {
  stores.redis.pause()
  try {
    const begun = await createHttpBrowser().get(app().authorize().url)
    expect(appAnswer(begun)).toMatchObject({ error: 'temporarily_unavailable', iss: running.issuer })
  } finally {
    stores.redis.resume()
  }
  await recovered()
})

/** The browser at the same address again, as "try again" on the page does it. */
const tryAgain = async (name: 'mongo' | 'redis') => {
  const { browser, callback } = await atCallback()
  stores[name].pause()
  try {
    const page = await browser.get(callback)
    expect(pageAnswer(page)).toEqual(PAGE)
    expect(page.body).toContain(`href="${new URL(callback).pathname}?`)
  } finally {
    stores[name].resume()
  }
  await recovered()
  return { browser, answers: await browser.follow(callback, atApp) }
}

test('who came back from itsme while redis was silent tries again and is logged in', async () => {
  const { answers } = await tryAgain('redis')
  expect(appAnswer(answers.at(-1)).code).toBeDefined()
})

test('who came back from itsme while mongo was silent tries again, goes to itsme once more and is logged in', async () => {
  const { browser, answers } = await tryAgain('mongo')
  const retry = /href="(\/interaction\/[\w-]+\/retry)"/.exec(answers.at(-1)?.body ?? '')?.[1]
  const away = await browser.get(`${running.issuer}${retry}`)
  const done = await browser.follow(asPersona(away.location, 'lotte'), atApp)
  expect(appAnswer(done.at(-1)).code).toBeDefined()
})
