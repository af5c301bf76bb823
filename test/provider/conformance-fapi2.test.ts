import { decodeProtectedHeader, exportJWK } from 'jose'
import { createFapiClient, createKey, type FapiClient } from '#test/support/fapi-client.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, claimsOf, leave, REDIRECT_URI } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/**
 * What the OpenID Foundation's plan fapi2-security-profile-final-test-plan checks (private_key_jwt, DPoP, OpenID Connect),
 * under the suite's names without their prefix, against a client with `pias_profile: "fapi2"`.
 */
let ahead = 0
let running: RunningPias
let client: FapiClient
let second: FapiClient
let edwards: FapiClient
let rsa: FapiClient
let nonces: FapiClient
beforeAll(async () => {
  const here = () => running
  client = await createFapiClient(here, 'fapi-one')
  second = await createFapiClient(here, 'fapi-two', { alg: 'PS256' })
  edwards = await createFapiClient(here, 'fapi-edwards', { alg: 'EdDSA' })
  rsa = await createFapiClient(here, 'fapi-rsa', { alg: 'RS256' })
  nonces = await createFapiClient(here, 'fapi-nonces')
  const files = [client, second, edwards, rsa].map(one => one.file())
  running = await startPias({
    clients: [...files, nonces.file({ pias_dpop_nonce_required: true })],
    clock: () => Date.now() + ahead,
  })
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

type Changes = Record<string, unknown>

const now = () => Math.floor(Date.now() / 1000)
const outcome = (answer: Answer): unknown[] => [answer.status, answer.json().error]
const INVALID_CLIENT = [401, 'invalid_client']

test('discovery-end-point-verification', async () => {
  const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/oauth-authorization-server`)).json()
  expect(metadata).toMatchObject({
    issuer: running.issuer,
    authorization_response_iss_parameter_supported: true,
    pushed_authorization_request_endpoint: `${running.issuer}/request`,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
    token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256', 'EdDSA']),
    dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    userinfo_signing_alg_values_supported: expect.arrayContaining(['ES256']),
  })
})

describe('happy-flow', () => {
  test.each([
    ['ES256', () => client],
    ['PS256', () => second],
    ['EdDSA', () => edwards],
  ])('with a key for %s: a code with iss, tokens bound to the key, userinfo', async (_alg, who) => {
    const login = await who().code({ scope: 'openid email' })
    expect(login.callback).toEqual({ code: expect.any(String), state: login.parameters.state, iss: running.issuer })
    const answer = await who().exchange(login)
    const tokens = answer.json<{ access_token: string; id_token: string; token_type: string }>()
    expect([answer.status, tokens.token_type]).toEqual([200, 'DPoP'])
    expect(decodeProtectedHeader(tokens.id_token).alg).toBe('ES256')
    const claims = await who().userinfo(tokens.access_token)
    expect(claims.json()).toEqual({
      sub: claimsOf(tokens.id_token).sub,
      email: 'lotte.vandenbroucke@example.com',
      email_verified: false,
    })
  })

  test.each([
    ['ensure-authorization-request-without-state-success', { state: undefined }],
    ['ensure-authorization-request-without-nonce-success', { nonce: undefined }],
    ['ensure-authorization-request-with-64-char-nonce-success', { nonce: 'x'.repeat(64) }],
    ['ensure-authorization-request-with-long-nonce', { nonce: 'x'.repeat(384) }],
    ['ensure-authorization-request-with-long-state', { state: 'x'.repeat(1000) }],
    ['ensure-other-scope-order-succeeds', { scope: 'email openid' }],
  ])('%s', async (_module, more: Record<string, string | undefined>) => {
    const login = await client.code(more)
    expect(login.callback.state).toBe(login.parameters.state)
    expect((await client.exchange(login)).status).toBe(200)
  })

  test('test-claims-parameter-identity-claims: what is asked by name comes, unknown claims are ignored', async () => {
    const members = { name: null, birthdate: { essential: true }, locale: { value: 'x' }, unknown: { values: ['y'] } }
    const tokens = await client.logIn({ claims: JSON.stringify({ id_token: members, userinfo: members, other: {} }) })
    const expected = { name: expect.any(String), birthdate: '1988-03-14' }
    expect(claimsOf(tokens.id_token)).toMatchObject(expected)
    const { sub: _sub, ...claims } = (await client.userinfo(tokens.access_token)).json()
    expect(Object.keys(claims).sort()).toEqual(['birthdate', 'locale', 'name'])
  })

  test('access-token-type-header-case-sensitivity', async () => {
    const { access_token: accessToken } = await client.logIn()
    for (const scheme of ['dpop', 'DPOP', 'dPoP']) {
      expect((await client.userinfo(accessToken, {}, scheme)).status).toBe(200)
    }
  })
})

describe('pushed requests', () => {
  const pushed = async (more: Record<string, string | undefined>, auth?: Record<string, string>) =>
    outcome(await client.push(client.request(more).parameters, auth))

  test.each<[string, Record<string, string | undefined>, string]>([
    ['ensure-registered-redirect-uri', { redirect_uri: `${REDIRECT_URI}/x` }, 'invalid_request'],
    ['ensure-redirect-uri-in-authorization-request', { redirect_uri: undefined }, 'invalid_request'],
    ['ensure-request-object-without-redirect-uri-fails', { redirect_uri: undefined }, 'invalid_request'],
    [
      'plain-fapi-tolerate-unregistered-redirect-uri: refused, which the plan lets us',
      { redirect_uri: 'https://unregistered.example/callback' },
      'invalid_request',
    ],
    ['ensure-response-type-code-idtoken-fails', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['ensure-response-type-token-fails', { response_type: 'token' }, 'unsupported_response_type'],
    ['par-ensure-pkce-required', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['par-plain-pkce-rejected', { code_challenge_method: 'plain' }, 'invalid_request'],
    [
      'par-authorization-request-containing-request_uri-form-param',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      'request_uri_not_supported',
    ],
    ['response_mode form_post', { response_mode: 'form_post' }, 'unsupported_response_mode'],
  ])('%s', async (_module, more, error) => {
    expect(await pushed(more)).toEqual([400, error])
  })

  test('ensure-unsigned-authorization-request-without-using-par-fails', async () => {
    const [answer] = await client.visit(client.request().parameters)
    expect(appAnswer(answer)).toMatchObject({ error: 'invalid_request', iss: running.issuer })
  })

  test('par-attempt-invalid-http-method', async () => {
    const answer = await createHttpBrowser().send('PUT', `${running.issuer}/request`, '', {})
    expect([answer.status >= 400, answer.status < 500]).toEqual([true, true])
  })

  test('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds, par-attempt-reuse-request_uri', async () => {
    const { request_uri: uri } = (await client.push(client.request().parameters)).json<{ request_uri: string }>()
    const browser = createHttpBrowser()
    const address = `${running.issuer}/auth?${new URLSearchParams({ client_id: 'fapi-one', request_uri: uri })}`
    expect((await browser.get(address)).status).toBe(303)
    expect(appAnswer((await client.visit({ request_uri: uri })).at(-1)).code).toEqual(expect.any(String))
    const [again] = await client.visit({ request_uri: uri })
    expect([again?.status, again?.location]).toEqual([400, undefined])
  })

  test('par-attempt-to-use-expired-request_uri', async () => {
    const { request_uri: uri, expires_in: seconds } = (await client.push(client.request().parameters)).json<{
      request_uri: string
      expires_in: number
    }>()
    expect(seconds).toBeLessThanOrEqual(60)
    ahead = 61_000
    const [answer] = await client.visit({ request_uri: uri })
    expect([answer?.status, answer?.location]).toEqual([400, undefined])
  })

  test('par-attempt-to-use-request_uri-for-different-client', async () => {
    const { request_uri: uri } = (await client.push(client.request().parameters)).json<{ request_uri: string }>()
    const [answer] = await second.visit({ request_uri: uri })
    expect([answer?.status, atApp(answer?.location ?? '')]).toEqual([400, false])
  })

  test('par-without-duplicate-parameters: the client and the address of what was pushed are enough', async () => {
    expect((await client.exchange(await client.code())).status).toBe(200)
  })

  test.each([
    ['ensure-different-state-inside-and-outside-request-object', { state: 'inside' }],
    ['state-only-outside-request-object-not-used', { state: undefined }],
    ['ensure-different-nonce-inside-and-outside-request-object', { nonce: 'inside' }],
  ])('%s: what stands beside a pushed request counts for nothing', async (_module, inside) => {
    const { verifier, parameters } = client.request(inside)
    const { request_uri: uri } = (await client.push(parameters)).json<{ request_uri: string }>()
    const outside = { state: 'outside', nonce: 'outside', scope: 'openid address' }
    const callback = appAnswer((await client.visit({ request_uri: uri, ...outside })).at(-1))
    expect(callback.state).toBe(parameters.state)
    const tokens = (await client.exchange({ verifier, parameters, callback })).json<{ id_token: string }>()
    expect(claimsOf(tokens.id_token).nonce).toBe(parameters.nonce)
  })

  test('user-rejects-authentication: access_denied at the app, with its state and nothing unexpected', async () => {
    const { parameters } = client.request({ state: 'x'.repeat(128) })
    const { request_uri: uri } = (await client.push(parameters)).json<{ request_uri: string }>()
    const browser = createHttpBrowser()
    const query = new URLSearchParams({ client_id: 'fapi-one', request_uri: uri })
    const begun = await browser.get(`${running.issuer}/auth?${query}`)
    const state = new URL(begun.location ?? '').searchParams.get('state') ?? ''
    const refused = new URLSearchParams({ error: 'access_denied', state })
    const page = (await browser.follow(`${running.issuer}/callback/itsme?${refused}`, atApp)).at(-1)
    const answer = appAnswer(await leave(running, browser, page))
    expect(answer).toMatchObject({ error: 'access_denied', state: parameters.state, iss: running.issuer })
    const known = ['error', 'error_description', 'state', 'iss']
    expect(Object.keys(answer).filter(name => !known.includes(name))).toEqual([])
  })
})

describe('client assertions', () => {
  const push = async (auth: Record<string, string>) => outcome(await client.push(client.request().parameters, auth))

  test.each<[string, () => Changes]>([
    ['par-test-par-endpoint-url-as-audience-fails', () => ({ aud: `${running.issuer}/request` })],
    ['par-test-token-endpoint-url-as-audience-fails', () => ({ aud: `${running.issuer}/token` })],
    ['par-test-array-as-audience-fails', () => ({ aud: [running.issuer] })],
    ['ensure-client-assertion-with-wrong-aud-fails', () => ({ aud: 'https://other.example' })],
    ['ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', () => ({ exp: now() - 300 })],
    ['an assertion that lives longer than five minutes', () => ({ exp: now() + 400 })],
    ['an assertion without an end', () => ({ exp: undefined })],
    ['par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails', () => ({ nbf: now() + 90 })],
    ['another issuer', () => ({ iss: 'fapi-two' })],
    ['no jti', () => ({ jti: undefined })],
  ])('%s', async (_module, claims) => {
    expect(await push(await client.assertion(claims()))).toEqual(INVALID_CLIENT)
  })

  test('par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted', async () => {
    const later = { nbf: now() + 8, iat: now() + 8 }
    expect(await push(await client.assertion(later))).toEqual([201, undefined])
  })

  test('ensure-client-assertion-with-no-sub-fails', async () => {
    const [status, error] = await push(await client.assertion({ sub: undefined }))
    expect([400, 401]).toContain(status)
    expect(error).toMatch(/^invalid_(client|request)$/)
  })

  test('ensure-signed-client-assertion-with-RS256-fails', async () => {
    expect(outcome(await rsa.push(rsa.request().parameters))).toEqual(INVALID_CLIENT)
  })

  test('an assertion is good once, also at 8 requests in parallel', async () => {
    const auth = await client.assertion()
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.push(client.request().parameters, auth)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(401)])
  })

  test('ensure-client-assertion-in-token-endpoint, ensure-client-id-in-token-endpoint', async () => {
    const login = await client.code()
    const none = await client.exchange(login, { auth: { client_id: 'fapi-one' } })
    expect([400, 401]).toContain(none.status)
    const forged = await client.exchange(login, { auth: { ...(await second.assertion({}, client.key)) } })
    expect(outcome(forged)).toEqual(INVALID_CLIENT)
    expect((await client.exchange(login)).status).toBe(200)
  })
})

describe('codes', () => {
  test('ensure-authorization-code-is-bound-to-client', async () => {
    const login = await client.code()
    expect(outcome(await second.exchange(login))).toEqual([400, 'invalid_grant'])
    expect((await client.exchange(login)).status).toBe(200)
  })

  test('attempt-reuse-authorization-code-after-one-second: refused, and the access token is taken back', async () => {
    const login = await client.code()
    const tokens = (await client.exchange(login)).json<{ access_token: string }>()
    ahead = 1001
    expect(outcome(await client.exchange(login))).toEqual([400, 'invalid_grant'])
    expect((await client.userinfo(tokens.access_token)).status).toBe(401)
  })

  test('ensure-token-endpoint-fails-with-expired-auth-code', async () => {
    const login = await client.code()
    ahead = 61_000
    expect(outcome(await client.exchange(login))).toEqual([400, 'invalid_grant'])
  })

  test('ensure-pkce-code-verifier-required, incorrect-pkce-code-verifier-rejected', async () => {
    const login = await client.code()
    const none = await client.token({
      grant_type: 'authorization_code',
      code: login.callback.code ?? '',
      redirect_uri: REDIRECT_URI,
    })
    expect(outcome(none)).toEqual([400, 'invalid_grant'])
    const wrong = await client.exchange(await client.code(), { form: { code_verifier: 'x'.repeat(43) } })
    expect(outcome(wrong)).toEqual([400, 'invalid_grant'])
  })
})

describe('the key that tokens are bound to', () => {
  test('ensure-holder-of-key-required: without a proof there is no token', async () => {
    const [status, error] = outcome(await client.exchange(await client.code(), { proof: false }))
    expect(status).toBe(400)
    expect(error).toMatch(/^invalid_(request|grant|dpop_proof)$/)
  })

  test('ensure-dpop-auth-code-binding-success, ensure-token-endpoint-fails-with-mismatched-dpop-jkt', async () => {
    const bound = { dpop_jkt: await client.thumbprint() }
    expect((await client.exchange(await client.code(bound))).status).toBe(200)
    const other = await client.proofFor('/token', 'POST', { key: await createKey() })
    const [status, error] = outcome(await client.exchange(await client.code(bound), { proof: other }))
    expect([status, error]).toEqual([400, 'invalid_grant'])
  })

  test('ensure-dpopproof-at-par-endpoint-binding-success, ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt', async () => {
    const headers = async () => ({ dpop: await client.proofFor('/request') })
    expect((await client.exchange(await client.code({}, await headers()))).status).toBe(200)
    const other = await client.proofFor('/token', 'POST', { key: await createKey() })
    const answer = await client.exchange(await client.code({}, await headers()), { proof: other })
    expect(outcome(answer)).toEqual([400, 'invalid_grant'])
  })

  test('ensure-mismatched-dpop-jkt-fails: a push with one key that names another', async () => {
    const { parameters } = client.request({ dpop_jkt: await client.thumbprint() })
    const dpop = await client.proofFor('/request', 'POST', { key: await createKey() })
    expect((await client.push(parameters, undefined, { dpop })).status).toBe(400)
  })

  test.each<[string, Changes]>([
    ['check-dpop-proof-nbf-exp', { nbf: now(), exp: now() + 300 }],
    ['ensure-dpopproof-with-iat-10seconds-before-succeeds', { iat: now() - 10 }],
    ['ensure-dpopproof-with-iat-10seconds-after-succeeds', { iat: now() + 10 }],
    ['extra claims', { extra: 'x', more: { deep: true } }],
  ])('%s', async (_module, payload) => {
    const proof = await client.proofFor('/token', 'POST', { payload })
    const tokens = (await client.exchange(await client.code(), { proof })).json<{ access_token: string }>()
    expect((await client.userinfo(tokens.access_token, { payload })).status).toBe(200)
  })

  describe('dpop-negative-tests', () => {
    let accessToken: string
    beforeAll(async () => {
      accessToken = (await client.logIn()).access_token
    })
    afterAll(async () => {
      // All of them failed for the proof, and not for the token.
      expect((await client.userinfo(accessToken)).status).toBe(200)
    })

    test.each<[string, Changes]>([
      ["no 'typ'", { header: { typ: undefined } }],
      ["a wrong 'typ'", { header: { typ: 'jwt' } }],
      ["no 'jwk'", { header: { jwk: undefined } }],
      ["no 'jti'", { payload: { jti: undefined } }],
      ["no 'htm'", { payload: { htm: undefined } }],
      ["no 'htu'", { payload: { htu: undefined } }],
      ["no 'iat'", { payload: { iat: undefined } }],
      ["no 'ath'", { payload: { ath: undefined } }],
      ["a wrong 'ath'", { payload: { ath: 'x' } }],
      ["a wrong 'htm'", { payload: { htm: 'PUT' } }],
      ["another 'htu'", { payload: { htu: 'https://other.example/me' } }],
      ["'iat' an hour ago", { payload: { iat: now() - 3600 } }],
      ["'iat' in an hour", { payload: { iat: now() + 3600 } }],
      ['a nonce that is not ours', { nonce: 'x'.repeat(43) }],
    ])('a proof with %s is refused', async (_what, proof) => {
      expect((await client.userinfo(accessToken, proof)).status).toBe(401)
    })

    test('not well-formed, without algorithm, unsigned, with another key or a private one is refused', async () => {
      const good = await client.proofFor('/me', 'GET', { accessToken })
      const [header = '', payload = '', signature = ''] = good.split('.')
      const unsigned = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(good), alg: 'none' })).toString(
        'base64url',
      )
      const { kid: _kid, use: _use, alg: _alg, ...jwk } = await exportJWK(client.dpop.privateKey)
      for (const proof of [
        'x.y',
        `${header}.${payload}`,
        `${unsigned}.${payload}.`,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        await client.proofFor('/me', 'GET', { accessToken, key: await createKey() }),
        await client.proofFor('/me', 'GET', { accessToken, header: { jwk } }),
        await client.proofFor('/me', 'GET', { accessToken, key: await createKey('RS256') }),
        `${good}, ${good}`,
      ]) {
        expect([400, 401]).toContain((await client.userinfo(accessToken, proof)).status)
      }
    })

    test('a query, a fragment, letters and a default port of the address do not matter', async () => {
      const { host, hostname, port } = new URL(running.issuer)
      for (const htu of [
        `${running.issuer}/me?a=b#c`,
        `HTTP://${host.toUpperCase()}/me`,
        `http://${hostname}:${port}/me`,
      ]) {
        expect([htu, (await client.userinfo(accessToken, { payload: { htu } })).status]).toEqual([htu, 200])
      }
    })

    test('a proof is good once, also at 8 requests in parallel', async () => {
      const proof = await client.proofFor('/me', 'GET', { accessToken })
      const answers = await Promise.all(Array.from({ length: 8 }, () => client.userinfo(accessToken, proof)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)])
    })

    test('without a proof a bound token opens nothing, as Bearer or as DPoP', async () => {
      for (const scheme of ['DPoP', 'Bearer']) {
        expect([400, 401]).toContain((await client.userinfo(accessToken, '', scheme)).status)
      }
    })
  })
})

describe('nonces (RFC 9449, 8)', () => {
  test('an answer to a proof brings one, which may be used at every endpoint, with any iat', async () => {
    const answer = await client.exchange(await client.code())
    const nonce = answer.headers['dpop-nonce'] as string
    expect(nonce.length).toBeGreaterThan(20)
    const { access_token: accessToken } = answer.json<{ access_token: string }>()
    const old = await client.userinfo(accessToken, { nonce, payload: { iat: now() - 3600 } })
    expect(old.status).toBe(200)
  })

  test('a client that must use one is told so, and gets its token with it', async () => {
    const login = await nonces.code()
    const challenged = await nonces.exchange(login)
    expect(outcome(challenged)).toEqual([400, 'use_dpop_nonce'])
    const nonce = challenged.headers['dpop-nonce'] as string
    const proof = await nonces.proofFor('/token', 'POST', { nonce })
    expect((await nonces.exchange(login, { proof })).status).toBe(200)
  })

  test('and is told so at userinfo, too, where its token comes without one', async () => {
    const login = await nonces.code()
    const nonce = (await nonces.exchange(login)).headers['dpop-nonce'] as string
    const exchanged = await nonces.exchange(login, { proof: await nonces.proofFor('/token', 'POST', { nonce }) })
    const { access_token: accessToken } = exchanged.json<{ access_token: string }>()
    const challenged = await nonces.userinfo(accessToken)
    expect(outcome(challenged)).toEqual([401, 'use_dpop_nonce'])
    expect(challenged.headers['www-authenticate']).toMatch(/^DPoP .*error="use_dpop_nonce"/)
    const told = challenged.headers['dpop-nonce'] as string
    expect((await nonces.userinfo(accessToken, { nonce: told })).status).toBe(200)
    // Of others none is demanded.
    expect((await client.userinfo((await client.logIn()).access_token)).status).toBe(200)
  })

  test('the secret of the nonces is in the store: a node that starts on it takes what another told', async () => {
    let current: RunningPias
    const here = await createFapiClient(() => current, 'fapi-here')
    const first = await startPias({ clients: [here.file({ pias_dpop_nonce_required: true })] })
    current = first
    try {
      const login = await here.code()
      const nonce = (await here.exchange(login)).headers['dpop-nonce'] as string
      await first.pias.close()
      current = await first.startAgain({})
      const proof = await here.proofFor('/token', 'POST', { nonce })
      expect((await here.exchange(login, { proof })).status).toBe(200)
    } finally {
      await current.close()
    }
  })
})

describe('refresh-token', () => {
  test('keeps its value, takes another key of DPoP, and needs client and proof', async () => {
    const tokens = await client.logIn({ scope: 'openid offline_access' })
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    const noClient = await client.token(form, { client_id: 'fapi-one' })
    expect([400, 401]).toContain(noClient.status)
    expect(outcome(await client.token(form, undefined, false))[0]).toBe(400)
    expect(outcome(await second.token(form))).toEqual([400, 'invalid_grant'])
    const proof = await client.proofFor('/token', 'POST', { key: await createKey() })
    const refreshed = await client.token(form, undefined, proof)
    const answer = refreshed.json<{ refresh_token: string; token_type: string }>()
    expect([refreshed.status, answer.token_type, answer.refresh_token]).toEqual([200, 'DPoP', tokens.refresh_token])
    // At the end of its time it is prolonged.
    const { grants } = running.pias.store
    const stored = (await grants.find('RefreshToken', tokens.refresh_token))?.payload as {
      exp: number
      grantId: string
    }
    const ending = { ...stored, exp: now() + 60 }
    await grants.upsert('RefreshToken', tokens.refresh_token, ending, 60, { grantId: stored.grantId })
    expect((await client.token(form)).json().refresh_token).toBe(tokens.refresh_token)
    const prolonged = (await grants.find('RefreshToken', tokens.refresh_token))?.payload as { exp: number }
    expect(prolonged.exp).toBeGreaterThan(now() + 24 * 3600)
  })
})
