import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { createSuite, legsOf } from '#test/support/conformance.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, claimsOf, REDIRECT_URI, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/**
 * What the OpenID Foundation's plan oidcc-basic-certification-test-plan checks, module by module under the suite's names,
 * with a client as the plan has it: no PKCE.
 */
const CLIENT = { ...TEST_CLIENT, client_id: 'basic', pias_pkce_required: false }
const POSTING = { ...CLIENT, client_id: 'posting', token_endpoint_auth_method: 'client_secret_post' }
const OTHER = { ...CLIENT, client_id: 'other', client_secret: 'another synthetic secret of the tests' }
const START = Date.now()
let ahead = 0

let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [CLIENT, POSTING, OTHER], clock: () => Date.now() + ahead })
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

test('a client without PKCE is told of in the log and in the audit trail', async () => {
  const waived = [CLIENT, POSTING, OTHER].map(one => one.client_id)
  expect(running.log).toContainEqual(
    expect.objectContaining({ level: 'warn', fields: { event: 'pkce_not_required', clients: waived } }),
  )
  const events = await running.pias.store.audit.list({ after: 0, limit: 10 })
  expect(events.map(({ type, clientId }) => [type, clientId])).toEqual(waived.map(id => ['client.pkce-waived', id]))
})

const suite = createSuite(() => running, CLIENT)
const me = (accessToken: string) => userinfo(running, createHttpBrowser(), accessToken)
const PROFILE = ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale', 'updated_at']
const ADDRESS = { formatted: expect.any(String), street_address: expect.any(String), postal_code: '1000' }

test('oidcc-server, oidcc-userinfo-get: code, state and iss; tokens; an ID token that verifies; userinfo', async () => {
  const { callback, request, tokens } = await suite.logIn()
  expect(Object.keys(callback).sort()).toEqual(['code', 'iss', 'state'])
  expect([callback.state, callback.iss]).toEqual([request.get('state'), running.issuer])
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600, access_token: expect.any(String) })
  const jwks = (await createHttpBrowser().get(`${running.issuer}/jwks`)).json() as unknown as JSONWebKeySet
  const options = { issuer: running.issuer, audience: CLIENT.client_id }
  const { payload } = await jwtVerify(tokens.id_token, createLocalJWKSet(jwks), options)
  expect(payload).toMatchObject({ nonce: request.get('nonce'), sub: expect.any(String) })
  expect(Math.abs(Number(payload.iat) - START / 1000)).toBeLessThan(600)
  const answer = await me(tokens.access_token)
  expect([answer.status, answer.headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/json/)])
  expect(answer.json()).toEqual({ sub: payload.sub })
})

test('oidcc-idtoken-signature: the header names the key', async () => {
  const { tokens } = await suite.logIn()
  expect(decodeProtectedHeader(tokens.id_token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
})

test.each([
  ['oidcc-response-type-missing', { response_type: undefined }, /^(invalid_request|unsupported_response_type)$/],
  ['oidcc-prompt-none-not-logged-in', { prompt: 'none' }, /^login_required$/],
])('%s: an error goes back with state and iss alone', async (_module, more, error) => {
  const { callback, request, answers } = await suite.authorize(more)
  expect(answers).toHaveLength(1)
  expect(callback.error).toMatch(error)
  expect([callback.state, callback.iss]).toEqual([request.get('state'), running.issuer])
  expect(Object.keys(callback).filter(name => !['error', 'error_description', 'state', 'iss'].includes(name))).toEqual(
    [],
  )
  // RFC 6749, 4.1.2.1.
  expect(callback.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
})

test('oidcc-userinfo-post-header, oidcc-userinfo-post-body', async () => {
  const { tokens, claims } = await suite.logIn()
  const address = `${running.issuer}/me`
  const header = await createHttpBrowser().post(address, {}, { authorization: `Bearer ${tokens.access_token}` })
  const body = await createHttpBrowser().post(address, { access_token: tokens.access_token })
  for (const answer of [header, body]) expect([answer.status, answer.json()]).toEqual([200, { sub: claims.sub }])
})

test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  expect((await suite.logIn({ nonce: undefined })).claims).not.toHaveProperty('nonce')
})

test.each([
  ['oidcc-scope-profile', 'profile', PROFILE],
  ['oidcc-scope-email', 'email', ['email', 'email_verified']],
  ['oidcc-scope-address', 'address', ['address']],
  ['oidcc-scope-phone', 'phone', ['phone_number', 'phone_number_verified']],
])('%s: userinfo has the claims, the ID token has not', async (_module, scope, names) => {
  const { tokens, claims } = await suite.logIn({ scope: `openid ${scope}` })
  const answer = (await me(tokens.access_token)).json()
  expect(Object.keys(answer).sort()).toEqual([...names, 'sub'].sort())
  expect(Object.keys(claims).filter(name => names.includes(name))).toEqual([])
})

test('oidcc-scope-all, oidcc-alternate-happy-flow: any order, and every claim is of its type', async () => {
  const { tokens } = await suite.logIn({ scope: 'phone address email profile openid' })
  expect((await me(tokens.access_token)).json()).toMatchObject({
    name: expect.any(String),
    birthdate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    updated_at: expect.any(Number),
    email_verified: expect.any(Boolean),
    phone_number_verified: expect.any(Boolean),
    phone_number: expect.stringMatching(/^\+\d+$/),
    address: ADDRESS,
  })
})

test.each([
  ['oidcc-display-page', { display: 'page' }],
  ['oidcc-display-popup', { display: 'popup' }],
  ['oidcc-login-hint', { login_hint: 'lotte@example.com' }],
  ['oidcc-ui-locales', { ui_locales: 'fr-CA fr en se' }],
  ['oidcc-claims-locales', { claims_locales: 'se' }],
  ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
])('%s: the login goes on', async (_module, more) => {
  expect((await suite.logIn(more)).claims.sub).toEqual(expect.any(String))
})

test('oidcc-prompt-login: the person is authenticated again, and auth_time is later', async () => {
  const first = await suite.logIn()
  await new Promise(resolve => setTimeout(resolve, 1000))
  const second = await suite.logIn({ prompt: 'login' }, first.browser)
  expect([legsOf(running, first), legsOf(running, second)]).toEqual([1, 1])
  expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(first.claims.auth_time))
  expect(second.claims.sub).toBe(first.claims.sub)
})

test('oidcc-max-age-1: too long ago, the person is authenticated again', async () => {
  const first = await suite.logIn()
  await new Promise(resolve => setTimeout(resolve, 2000))
  const second = await suite.logIn({ max_age: '1' }, first.browser)
  expect(legsOf(running, second)).toBe(1)
  expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(first.claims.auth_time))
})

test('oidcc-max-age-10000, oidcc-prompt-none-logged-in, oidcc-id-token-hint: the session does', async () => {
  const first = await suite.logIn({ max_age: '15000' })
  const again = await suite.logIn({ max_age: '10000' }, first.browser)
  const silent = await suite.logIn({ prompt: 'none' }, first.browser)
  const hinted = await suite.logIn({ prompt: 'none', id_token_hint: first.tokens.id_token }, first.browser)
  for (const one of [again, silent, hinted]) {
    expect([legsOf(running, one), one.claims.sub]).toEqual([0, first.claims.sub])
    expect(one.claims.auth_time).toBe(first.claims.auth_time)
  }
})

test('oidcc-ensure-request-with-acr-values-succeeds: the ID token says one of the published levels', async () => {
  const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
  const levels = metadata.acr_values_supported as string[]
  expect(levels).toContain((await suite.logIn({ acr_values: levels.join(' ') })).claims.acr)
})

test('oidcc-codereuse, oidcc-codereuse-30seconds: refused, and later what it gave is taken back', async () => {
  const login = await suite.authorize()
  const tokens = await suite.tokensOf(login)
  const [at, later] = [await suite.exchange(login.callback.code), 30_000]
  expect([at.status, at.json().error]).toEqual([400, 'invalid_grant'])
  expect((await me(tokens.access_token)).status).toBe(200)
  ahead = later
  const reused = await suite.exchange(login.callback.code)
  expect([reused.status, reused.json().error]).toEqual([400, 'invalid_grant'])
  expect((await me(tokens.access_token)).status).toBe(401)
})

test('oidcc-ensure-registered-redirect-uri: a page, and nobody is sent there', async () => {
  const { answers } = await suite.authorize({ redirect_uri: `${REDIRECT_URI}/unregistered` })
  expect([answers[0]?.status, answers[0]?.location, isOwnPage(answers[0] as never)]).toEqual([400, undefined, true])
})

test('oidcc-ensure-post-request-succeeds: by POST, also with the session that is there', async () => {
  const browser = createHttpBrowser()
  const request = suite.request()
  const posted = await browser.post(`${running.issuer}/auth`, Object.fromEntries(request))
  expect([posted.status, posted.location]).toEqual([303, `${running.issuer}/auth?${request}`])
  const answers = await suite.goOn(browser, await browser.get(posted.location ?? ''))
  expect(appAnswer(answers.at(-1))).toMatchObject({ code: expect.any(String), state: request.get('state') })
  const again = await browser.post(`${running.issuer}/auth`, Object.fromEntries(suite.request()))
  expect(atApp((await browser.get(again.location ?? '')).location ?? '')).toBe(true)
})

test('oidcc-server-client-secret-post', async () => {
  const { callback } = await createSuite(() => running, POSTING).authorize()
  const answer = await createHttpBrowser().post(
    `${running.issuer}/token`,
    {
      grant_type: 'authorization_code',
      code: callback.code ?? '',
      redirect_uri: REDIRECT_URI,
      client_id: POSTING.client_id,
      client_secret: POSTING.client_secret,
    },
    { accept: 'application/json' },
  )
  expect([answer.status, claimsOf(answer.json<{ id_token: string }>().id_token).aud]).toEqual([200, POSTING.client_id])
})

test.each([
  [
    'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    'request',
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
  ],
  [
    'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
    'request_uri',
    'https://client.example/request',
  ],
])('%s: not offered in discovery, and refused', async (_module, parameter, value) => {
  const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.request_object_signing_alg_values_supported).not.toContain('none')
  expect(metadata.request_uri_parameter_supported).toBe(false)
  // The plan skips oidcc-ensure-request-object-with-redirect-uri and oidcc-idtoken-unsigned for it.
  expect(metadata.id_token_signing_alg_values_supported).not.toContain('none')
  const error = parameter === 'request' ? 'invalid_request_object' : 'request_uri_not_supported'
  expect((await suite.authorize({ [parameter]: value })).callback.error).toBe(error)
})

test('oidcc-claims-essential: a claim that no scope of the request brings comes to userinfo, and there alone', async () => {
  const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
  const { tokens, claims: inIdToken } = await suite.logIn({ claims })
  expect((await me(tokens.access_token)).json()).toEqual({ sub: inIdToken.sub, name: expect.any(String) })
  expect(inIdToken).not.toHaveProperty('name')
})

test('oidcc-refresh-token: works, has the same login in it, and is good for no other client', async () => {
  const first = await suite.logIn({ scope: 'openid offline_access', prompt: 'consent' })
  const form = { grant_type: 'refresh_token', refresh_token: first.tokens.refresh_token ?? '' }
  const stranger = await createSuite(() => running, OTHER).token(form)
  expect([stranger.status, stranger.json().error]).toEqual([400, 'invalid_grant'])
  const answer = await suite.token(form)
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store'])
  const { id_token: idToken, access_token: accessToken } = answer.json<{ id_token: string; access_token: string }>()
  const { iss, sub, aud, auth_time: authTime } = first.claims
  expect(claimsOf(idToken)).toMatchObject({ iss, sub, aud, auth_time: authTime })
  expect(accessToken).not.toBe(first.tokens.access_token)
  expect((await me(accessToken)).status).toBe(200)
})

test('oidcc-ensure-request-with-valid-pkce-succeeds, and a challenge that was sent binds', async () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const without = await suite.exchange((await suite.authorize(pkce)).callback.code)
  expect([without.status, without.json().error]).toEqual([400, 'invalid_grant'])
  const { callback } = await suite.authorize(pkce)
  const form = { grant_type: 'authorization_code', code: callback.code ?? '', redirect_uri: REDIRECT_URI }
  expect((await suite.token({ ...form, code_verifier: verifier })).status).toBe(200)
})

test('a verifier for a request without a challenge is refused: nobody takes PKCE away (RFC 9700, 4.8.2)', async () => {
  const { callback } = await suite.authorize()
  const form = { grant_type: 'authorization_code', code: callback.code ?? '', redirect_uri: REDIRECT_URI }
  const answer = await suite.token({ ...form, code_verifier: 'x'.repeat(43) })
  expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant'])
})
