import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { atApp, createTestApp, logIn, REDIRECT_URI, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** A relying party by a well-kept library: `private_key_jwt`, pushed requests, DPoP, pairwise subjects. */
const SCOPE = 'openid profile offline_access'

const appWithKey = async (client: { client_id: string; [field: string]: unknown }) => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const file = {
    client_name: 'Synthetic app with a key',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT_URI],
    scope: TEST_CLIENT.scope,
    jwks: { keys: [jwk] },
    require_pushed_authorization_requests: true,
    ...client,
  }
  return { file, key: { key: privateKey, kid: 'k1' } }
}

type App = Awaited<ReturnType<typeof appWithKey>>

let pushing: App
let doktr: App
let moved: App
let elsewhere: App
let running: RunningPias
beforeAll(async () => {
  const health = { subject_type: 'pairwise', pias_sector: 'health' }
  pushing = await appWithKey({ client_id: 'pushing-app' })
  doktr = await appWithKey({ client_id: 'health-app', ...health })
  const hosts = [REDIRECT_URI, 'https://other.example/callback']
  moved = await appWithKey({ client_id: 'health-app-moved', ...health, redirect_uris: hosts })
  elsewhere = await appWithKey({ client_id: 'other-sector', ...health, pias_sector: 'other' })
  running = await startPias({ clients: [pushing, doktr, moved, elsewhere].map(({ file }) => file) })
})
afterAll(() => running.close())

const connect = ({ file, key }: App) =>
  oidc.discovery(new URL(running.issuer), file.client_id, { redirect_uris: [REDIRECT_URI] }, oidc.PrivateKeyJwt(key), {
    execute: [oidc.allowInsecureRequests],
  })

const logInWith = async (app: App, options: oidc.DPoPOptions = {}) => {
  const config = await connect(app)
  const verifier = oidc.randomPKCECodeVerifier()
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, options)
  const answers = await logIn(createHttpBrowser(), url.href, 'lotte')
  const callback = new URL(answers.at(-1)?.location ?? 'none:')
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  return { config, url, tokens: await oidc.authorizationCodeGrant(config, callback, checks, undefined, options) }
}

test('a pushed request tells the browser nothing but where it lies, and keeps offline_access', async () => {
  const { config, url, tokens } = await logInWith(pushing)
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  expect(tokens.scope?.split(' ').sort()).toEqual(SCOPE.split(' ').sort())
  const claims = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
  expect(claims.family_name).toBe('Vandenbroucke')
  expect((await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).access_token).toBeDefined()
  // Once.
  const again = await createHttpBrowser().get(url.href)
  expect(atApp(again.location ?? '')).toBe(false)
  expect(again.status).toBe(400)
})

test('a client that must push is refused without, at the app', async () => {
  const request = createTestApp(running, { client_id: 'pushing-app' }, SCOPE).authorize()
  const answer = await createHttpBrowser().get(request.url)
  expect(new URL(answer.location ?? 'none:').searchParams.get('error')).toBe('invalid_request')
})

test('with DPoP throughout: tokens are bound, and refreshed with the same key', async () => {
  const config = await connect(pushing)
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
  const { tokens } = await logInWith(pushing, { DPoP })
  expect(tokens.token_type).toBe('dpop')
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
  const claims = await oidc.fetchUserInfo(config, refreshed.access_token, tokens.claims()?.sub ?? '', { DPoP })
  expect(claims.sub).toBe(tokens.claims()?.sub)
})

describe('a pairwise subject', () => {
  const subOf = async (app: App) => (await logInWith(app)).tokens.claims()?.sub

  test('is the same for the apps of a sector, wherever they redirect to, and another in every other', async () => {
    const browser = createHttpBrowser()
    const app = createTestApp(running)
    const request = app.authorize()
    const own = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
    const publicSub = JSON.parse(Buffer.from(own.id_token.split('.')[1] ?? '', 'base64url').toString()).sub
    const [health, afterMove, other] = [await subOf(doktr), await subOf(moved), await subOf(elsewhere)]
    expect(afterMove).toBe(health)
    expect(new Set([publicSub, health, other]).size).toBe(3)
  })

  test('is that of userinfo, too', async () => {
    const { config, tokens } = await logInWith(doktr)
    const sub = tokens.claims()?.sub ?? ''
    expect((await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub).toBe(sub)
  })
})

describe('a bad push', () => {
  const push = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const basic = Buffer.from(`test-app:${encodeURIComponent(TEST_CLIENT.client_secret)}`).toString('base64')
    const { url } = createTestApp(running).authorize()
    const parameters = { ...Object.fromEntries(new URL(url).searchParams), ...form }
    const all = { accept: 'application/json', authorization: `Basic ${basic}`, ...headers }
    const answer = await createHttpBrowser().post(`${running.issuer}/request`, parameters, all)
    return [answer.status, answer.json().error]
  }

  test.each([
    ['without authentication', {}, { authorization: '' }, 400],
    ['with a wrong secret', {}, { authorization: `Basic ${Buffer.from('test-app:wrong').toString('base64')}` }, 401],
  ])('%s is invalid', async (_what, form, headers, status) => {
    const [answered, error] = await push(form, headers)
    expect(answered).toBe(status)
    expect(error).toMatch(/^invalid_(client|request)$/)
  })

  test.each([
    ['of an unregistered address', { redirect_uri: 'https://attacker.example/' }, 'invalid_request'],
    ['without PKCE', { code_challenge: '' }, 'invalid_request'],
    ['of another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['of another response mode', { response_mode: 'form_post' }, 'unsupported_response_mode'],
    ['of another upstream', { pias_upstream: 'other' }, 'invalid_request'],
    ['with a request_uri in it', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    ['with claims that are not JSON', { claims: '{' }, 'invalid_request'],
  ])('%s is refused there and then', async (_what, form, error) => {
    expect(await push(form)).toEqual([400, error])
  })

  test('is accepted when it is good, so that the above are refused for what they say', async () => {
    expect(await push({})).toEqual([201, undefined])
  })

  test('a request_uri that PIAS never gave is a page, and goes to no address', async () => {
    for (const uri of ['urn:ietf:params:oauth:request_uri:unknown', 'https://attacker.example/request']) {
      const query = new URLSearchParams({ client_id: 'test-app', request_uri: uri })
      const answer = await createHttpBrowser().get(`${running.issuer}/auth?${query}`)
      expect([answer.status, answer.location]).toEqual([400, undefined])
    }
  })
})
