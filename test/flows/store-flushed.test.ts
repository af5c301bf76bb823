import { Redis } from 'ioredis'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, claimsOf, createTestApp, logIn, redeem, toCallback, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type Stores, startStores } from '#test/support/servers/start-stores.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { ROTATING_CLIENT } from './store-faults/person.ts'

/** Redis loses everything in the middle of it: people start again at the app, and nothing ended comes back. */
let stores: Stores
let running: RunningPias
let redis: Redis
beforeAll(async () => {
  stores = await startStores()
  running = await startPias({ config: { store: stores.config }, clients: [ROTATING_CLIENT] })
  redis = new Redis(stores.redis.url, { disableClientInfo: true })
})
afterAll(async () => {
  redis?.disconnect()
  await running?.close()
  await stores?.close()
})

const app = () => createTestApp(running, ROTATING_CLIENT)

const flush = async (): Promise<void> => {
  expect(await redis.dbsize()).toBeGreaterThan(0)
  await redis.flushall()
}

const loggedIn = async () => {
  const browser = createHttpBrowser()
  const request = app().authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  const code = () => app().redeem(createHttpBrowser(), answers.at(-1)?.location ?? '', request)
  const tokens = await redeem(app(), browser, answers, request)
  return { browser, code, tokens, sub: claimsOf(tokens.id_token).sub }
}

const refresh = (token: string) =>
  app().token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: token })
const outcome = async (answer: ReturnType<typeof refresh>) => [(await answer).status, (await answer).json().error]
const INVALID = [400, 'invalid_grant']

const silently = async (browser: ReturnType<typeof createHttpBrowser>) =>
  appAnswer(await browser.get(app().authorize({ prompt: 'none' }).url))

const headingOf = (body: string) => /<h1>([^<]+)/.exec(body)?.[1]

describe('in the middle of a login', () => {
  test('between the app and itsme’s answer: a page that says to start again, which works', async () => {
    const browser = createHttpBrowser()
    const callback = await toCallback(browser, app().authorize({ ui_locales: 'en' }).url, 'lotte')
    await flush()
    const page = await browser.get(callback, { 'accept-language': 'en' })
    expect([page.status, isOwnPage(page)]).toEqual([400, true])
    expect([headingOf(page.body), page.body]).toEqual([
      'This took too long',
      expect.stringContaining('Start again in the app'),
    ])
    expect((await loggedIn()).sub).toBeDefined()
  })

  test('between the answer and the app: a page that says to start again', async () => {
    const browser = createHttpBrowser()
    const callback = await toCallback(browser, app().authorize().url, 'lotte')
    const resume = (await browser.get(callback)).location ?? ''
    expect(new URL(resume).origin).toBe(running.issuer)
    await flush()
    const page = await browser.get(resume, { 'accept-language': 'en' })
    expect([page.status, isOwnPage(page)]).toEqual([400, true])
    expect(page.body).toContain('Start again in the app')
  })

  test('between code and tokens: the app gets invalid_grant, and a new login goes through', async () => {
    const browser = createHttpBrowser()
    const request = app().authorize()
    const last = (await logIn(browser, request.url, 'lotte')).at(-1)
    expect(atApp(last?.location ?? '')).toBe(true)
    await flush()
    expect(await outcome(app().redeem(browser, last?.location ?? '', request))).toEqual(INVALID)
    expect((await loggedIn()).sub).toBeDefined()
  })
})

const logOut = async ({ browser, tokens }: Pick<Awaited<ReturnType<typeof loggedIn>>, 'browser' | 'tokens'>) => {
  const asked = await browser.get(
    `${running.issuer}/session/end?${new URLSearchParams({ id_token_hint: tokens.id_token })}`,
  )
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
  await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
}

/** @returns what puts all back as it is now, as a server does that was behind when it took over */
const rememberRedis = async () => {
  const keys = await redis.keys('*')
  const values = await Promise.all(
    keys.map(async key => ({ key, value: await redis.dumpBuffer(key), ttl: await redis.pttl(key) })),
  )
  return async () => {
    for (const { key, value, ttl } of values) await redis.restore(key, Math.max(ttl, 0), value as Buffer, 'REPLACE')
  }
}

describe('what was ended stays ended:', () => {
  test('a session that was logged out, with the cookies of before', async () => {
    const { browser, tokens } = await loggedIn()
    const copy = browser.fork()
    expect((await silently(copy)).code).toBeDefined()
    await logOut({ browser, tokens })
    expect((await silently(copy)).error).toBe('login_required')
    await flush()
    expect((await silently(copy)).error).toBe('login_required')
  })

  test('a session that was logged out, though redis has it again', async () => {
    const [leaving, staying] = [await loggedIn(), await loggedIn()]
    const copy = leaving.browser.fork()
    const goBack = await rememberRedis()
    await logOut(leaving)
    await goBack()
    expect((await silently(copy)).error).toBe('login_required')
    expect((await silently(staying.browser)).code).toBeDefined()
  })

  test('a code that was spent', async () => {
    const { code, tokens } = await loggedIn()
    await flush()
    expect(await outcome(code())).toEqual(INVALID)
    expect((await refresh(tokens.refresh_token)).status).toBe(200)
  })

  test('a refresh token that was rotated away', async () => {
    const { tokens } = await loggedIn()
    const rotated = (await refresh(tokens.refresh_token)).json<{ refresh_token: string }>()
    // Until its successor is used, the answer may be asked for again.
    expect((await refresh(rotated.refresh_token)).status).toBe(200)
    await flush()
    expect(await outcome(refresh(tokens.refresh_token))).toEqual(INVALID)
  })

  test('a refresh token that was revoked, and one whose code was used twice', async () => {
    const { tokens } = await loggedIn()
    const form = { token: tokens.refresh_token, client_id: app().clientId }
    expect((await createHttpBrowser().post(`${running.issuer}/token/revocation`, form)).status).toBe(200)
    expect(await outcome(refresh(tokens.refresh_token))).toEqual(INVALID)
    await flush()
    expect(await outcome(refresh(tokens.refresh_token))).toEqual(INVALID)
  })
})

test('who was logged in is asked again; the app’s refresh token, which is durable, goes on', async () => {
  const { browser, tokens, sub } = await loggedIn()
  await flush()
  expect((await silently(browser)).error).toBe('login_required')
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
  const fresh = await refresh(tokens.refresh_token)
  expect(claimsOf(fresh.json<{ id_token: string }>().id_token).sub).toBe(sub)
  expect((await loggedIn()).sub).toBe(sub)
})
