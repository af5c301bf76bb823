import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, createTestApp, logIn, redeem, toCallback, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** A node whose store is away: every answer says "come again", none says why, and none is a plain failure. */
let running: RunningPias
beforeEach(async () => {
  running = await startPias()
})
afterEach(() => running.close())

const app = () => createTestApp(running)

test('people get a page that offers another try, apps an OAuth error with 503', async () => {
  const browser = createHttpBrowser()
  const request = app().authorize()
  const tokens = await redeem(app(), browser, await logIn(browser, request.url, 'lotte'), request)
  const second = createHttpBrowser()
  const waiting = app().authorize()
  const callback = await toCallback(second, waiting.url, 'thomas')
  const uid = new URL(callback).searchParams.get('state')?.split('.')[0]
  await running.pias.store.close()

  for (const url of [callback, `${running.issuer}/interaction/${uid}`, `${running.issuer}/interaction/${uid}/cancel`]) {
    const page = await second.get(url)
    expect([page.status, page.headers['retry-after'], isOwnPage(page)]).toEqual([503, '5', true])
    expect(page.body).not.toMatch(/sqlite|closed/i)
  }
  const resumed = await second.get(`${running.issuer}/auth/${uid}`)
  expect([resumed.status, resumed.headers['retry-after'], isOwnPage(resumed)]).toEqual([503, '5', true])

  const begun = await createHttpBrowser().get(app().authorize().url)
  expect(appAnswer(begun)).toMatchObject({ error: 'temporarily_unavailable', iss: running.issuer })

  const refreshed = await app().token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  expect([refreshed.status, refreshed.json().error]).toEqual([503, 'temporarily_unavailable'])
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(503)
})

test('logging out is answered by 503 too, with a session and without, asked and confirmed', async () => {
  const browser = createHttpBrowser()
  await logIn(browser, app().authorize().url, 'lotte')
  const asked = await browser.get(`${running.issuer}/session/end`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
  expect(xsrf).not.toBe('')
  await running.pias.store.close()

  const end = `${running.issuer}/session/end`
  const answers = [
    await createHttpBrowser().get(end),
    await browser.get(end),
    await browser.post(`${end}/confirm`, { xsrf, logout: 'yes' }),
    await createHttpBrowser().post(`${end}/confirm`, { xsrf, logout: 'yes' }),
  ]
  for (const answer of answers.slice(0, 3)) {
    expect([answer.status, answer.headers['retry-after'], isOwnPage(answer)]).toEqual([503, '5', true])
    expect(answer.location).toBeUndefined()
  }
  // Nobody's session can hold this answer to the question: that is known without the store.
  expect(answers[3]?.status).toBe(400)
})

test('a browser at the token endpoint gets our own page too', async () => {
  await running.pias.store.close()
  const form = { grant_type: 'refresh_token', refresh_token: 'any', client_id: app().clientId }
  const credentials = Buffer.from(`test-app:${encodeURIComponent(TEST_CLIENT.client_secret)}`).toString('base64')
  const authorization = `Basic ${credentials}`
  const page = await createHttpBrowser().post(`${running.issuer}/token`, form, { authorization })
  expect([page.status, isOwnPage(page)]).toEqual([503, true])
})

test('what needs no store still works, and the balancer is told', async () => {
  await running.pias.store.close()
  const get = async (path: string) => (await rawRequest(running.issuer, { path })).status
  expect(await get('/livez')).toBe(200)
  expect(await get('/readyz')).toBe(503)
  expect(await get('/jwks')).toBe(200)
  expect(await get('/.well-known/openid-configuration')).toBe(200)
})
