import { createSuite } from '#test/support/conformance.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf } from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { until } from '#test/support/until.ts'

/**
 * What the plans oidcc-rp-initiated-logout-certification-test-plan and
 * oidcc-backchannel-rp-initiated-logout-certification-test-plan check, module by module under the suite's names.
 */
const AFTER = 'http://127.0.0.1:9/post_logout_redirect'
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

let receiver: LogoutReceiver
let running: RunningPias
beforeAll(async () => {
  receiver = await startLogoutReceiver('leaving', { issuer: () => running.issuer })
  running = await startPias({ clients: [{ ...CLIENT, backchannel_logout_uri: receiver.url }] })
})
afterAll(async () => {
  await running.close()
  await receiver.close()
})

const CLIENT = {
  ...TEST_CLIENT,
  client_id: 'leaving',
  pias_pkce_required: false,
  post_logout_redirect_uris: [AFTER],
}
const suite = createSuite(() => running, CLIENT)

/** Presses the button of the page that asks, as the suite's browser is told to; the answer of the page without one. */
const leave = async (browser: HttpBrowser, query: Record<string, string>): Promise<Answer> => {
  const page = await browser.get(`${running.issuer}/session/end?${new URLSearchParams(query)}`)
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page.body) ?? []
  if (xsrf === undefined) return page
  return browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
}

const isLoggedOut = async (browser: HttpBrowser): Promise<boolean> =>
  (await suite.authorize({ prompt: 'none' }, browser)).callback.error === 'login_required'

const metadata = async () =>
  (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()

test('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
  expect((await metadata()).end_session_endpoint).toBe(`${running.issuer}/session/end`)
})

test('oidcc-rp-initiated-logout: back at the app with its state and nothing else, logged out', async () => {
  const { browser, tokens } = await suite.logIn()
  const query = { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER, state: 'a state ~!*' }
  const answer = await leave(browser, query)
  expect([answer.status, answer.location]).toEqual([303, `${AFTER}?${new URLSearchParams({ state: query.state })}`])
  expect(await isLoggedOut(browser)).toBe(true)
})

test('oidcc-rp-initiated-logout-no-state', async () => {
  const { browser, tokens } = await suite.logIn()
  const answer = await leave(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER })
  expect([answer.location, await isLoggedOut(browser)]).toEqual([AFTER, true])
})

/** The same token with another signature. */
const modified = (token: string): string => {
  const [header, payload, signature = ''] = token.split('.')
  return [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.')
}

test.each<[string, (idToken: string) => Record<string, string>]>([
  [
    'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
    token => ({ id_token_hint: token, post_logout_redirect_uri: `${AFTER}/bad`, state: 's' }),
  ],
  [
    'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
    token => ({ id_token_hint: token, post_logout_redirect_uri: `${AFTER}?foo=bar`, state: 's' }),
  ],
  [
    'oidcc-rp-initiated-logout-modified-id-token-hint',
    token => ({ id_token_hint: modified(token), post_logout_redirect_uri: AFTER, state: 's' }),
  ],
  [
    'oidcc-rp-initiated-logout-bad-id-token-hint',
    () => ({ id_token_hint: 'bad', post_logout_redirect_uri: AFTER, state: 's' }),
  ],
])('%s: an error page, and nobody is sent there', async (_module, query) => {
  const { browser, tokens } = await suite.logIn()
  const answer = await leave(browser, query(tokens.id_token))
  expect([answer.status, answer.location, isOwnPage(answer)]).toEqual([400, undefined, true])
  expect(await isLoggedOut(browser)).toBe(false)
})

test.each<[string, (idToken: string) => Record<string, string>]>([
  ['oidcc-rp-initiated-logout-no-params', () => ({})],
  ['oidcc-rp-initiated-logout-only-state', () => ({ state: 's' })],
  ['oidcc-rp-initiated-logout-no-id-token-hint', () => ({ post_logout_redirect_uri: AFTER, state: 's' })],
  ['oidcc-rp-initiated-logout-no-post-logout-redirect-uri', token => ({ id_token_hint: token, state: 's' })],
])('%s: logged out, on our own page', async (_module, query) => {
  const { browser, tokens } = await suite.logIn()
  const answer = await leave(browser, query(tokens.id_token))
  expect(new URL(answer.location ?? '').pathname).toBe('/session/end/success')
  const page = await browser.get(answer.location ?? '')
  expect([page.status, isOwnPage(page)]).toEqual([200, true])
  expect(await isLoggedOut(browser)).toBe(true)
})

test('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
  expect(await metadata()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    end_session_endpoint: `${running.issuer}/session/end`,
  })
})

test('oidcc-backchannel-rp-initiated-logout: a logout token that verifies, about the session, without a nonce', async () => {
  const { browser, claims, tokens } = await suite.logIn()
  const before = receiver.tokens.length
  const answer = await leave(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER, state: 's' })
  expect(answer.location).toBe(`${AFTER}?state=s`)
  await until(async () => {
    await runJobs(running.pias, ['logout delivery'])
    return receiver.tokens.some(({ sid }) => sid === claims.sid)
  })
  // Verified by the receiver: signature, issuer, audience, type, times; refused with a nonce.
  const told = receiver.tokens.slice(before).filter(({ sid }) => sid === claims.sid)
  expect(told).toEqual([
    {
      iss: running.issuer,
      aud: CLIENT.client_id,
      sub: claims.sub,
      sid: claims.sid,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      events: { [LOGOUT_EVENT]: {} },
    },
  ])
  expect(claimsOf(tokens.id_token)).toHaveProperty('sid')
  expect(await isLoggedOut(browser)).toBe(true)
})
