import { randomUUID } from 'node:crypto'
import { createFapiClient, createKey, createProof, type FapiClient } from '#test/support/fapi-client.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  atApp,
  createTestApp,
  logIn,
  REDIRECT_URI,
  redeem,
  type Tokens,
  toCallback,
} from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { TV_CLIENT } from '#test/support/tv.ts'
import { meetUncertain } from '#test/support/uncertain.ts'

/**
 * Each endpoint against malformed, oversized, duplicated, replayed, mixed-up and hostile input: the right answer, and one
 * event in the audit trail that says where and why (ADR 0049).
 */
const OTHER = { ...TEST_CLIENT, client_id: 'other-app', client_name: 'Another synthetic app' }

let ahead = 0
/** What time it is for as long as no time passes. */
let stopped: number | undefined
let running: RunningPias
let fapi: FapiClient
let tokens: Tokens
let person: HttpBrowser
beforeAll(async () => {
  fapi = await createFapiClient(() => running, 'fapi')
  running = await startPias({
    clients: [OTHER, TV_CLIENT, fapi.file()],
    clock: () => stopped ?? Date.now() + ahead,
    config: { registration: { policies: { suite: {} } } },
  })
  const app = createTestApp(running)
  const request = app.authorize()
  person = createHttpBrowser()
  tokens = await redeem(app, person, await logIn(person, request.url, 'lotte'), request)
})
afterAll(() => running.close())

const FORM = 'application/x-www-form-urlencoded'
const JSON_ONLY = { accept: 'application/json' }
const basicOf = ({ client_id, client_secret }: typeof TEST_CLIENT): string =>
  `Basic ${btoa(`${client_id}:${encodeURIComponent(client_secret)}`)}`
const BASIC = { ...JSON_ONLY, authorization: basicOf(TEST_CLIENT) }

/** The event of each request that was refused since the last look. */
let seen = 0
const refusals = async () => {
  await running.pias.jobs.find(({ name }) => name === 'refused requests')?.run()
  const events = await running.pias.store.audit.list({ after: seen, limit: 1000 })
  seen = events.at(-1)?.sequence ?? seen
  return events.filter(({ type }) => type === 'request.refused')
}

/** What was answered, in a word: a page of ours by its status, an error of OAuth with it, or with which the app is told. */
const outcomeOf = (answer: Answer): string => {
  if (answer.location !== undefined && atApp(answer.location)) {
    return `app ${/[?#&]error=(\w+)/.exec(answer.location)?.[1]}`
  }
  if (isOwnPage(answer)) return `page ${answer.status}`
  if (!String(answer.headers['content-type']).includes('json')) return `${answer.status}`
  const { error, title } = answer.json<{ error?: string; title?: string }>()
  return `${answer.status} ${error ?? title}`
}

const form = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = BASIC,
  from = createHttpBrowser(),
) => from.post(`${running.issuer}${path}`, fields, headers)
const body = (path: string, text: string, headers: Record<string, string> = {}) =>
  createHttpBrowser().send('POST', `${running.issuer}${path}`, text, { ...BASIC, 'content-type': FORM, ...headers })
const page = (path: string, headers: Record<string, string> = {}, from = createHttpBrowser()) =>
  from.get(`${running.issuer}${path}`, headers)
const ask = (change: (query: URLSearchParams) => void) => {
  const url = new URL(createTestApp(running).authorize().url)
  change(url.searchParams)
  return createHttpBrowser().get(url.href)
}
const newCode = async () => {
  const [app, browser, request] = [createTestApp(running), createHttpBrowser(), createTestApp(running).authorize()]
  const { code = '' } = appAnswer((await logIn(browser, request.url, 'lotte')).at(-1))
  const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: request.verifier }
  return { app, browser, fields }
}
const refresh = (value: string) => ({ grant_type: 'refresh_token', refresh_token: value })
const DEVICE_GRANT = TV_CLIENT.grant_types[0] as string
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const BIG = 'x'.repeat(100_000)

/** A case, what it is answered, and the code in the event where that is another one. */
type Case = [what: string, answer: string, send: () => Promise<Answer>, code?: string]

const authorization: Case[] = [
  ['an unknown client', 'page 400', () => ask(query => query.set('client_id', 'nobody')), 'invalid_client'],
  [
    'an unregistered redirect URI',
    'page 400',
    () => ask(query => query.set('redirect_uri', 'https://evil.example/')),
    'invalid_redirect_uri',
  ],
  ['two redirect URIs', 'page 400', () => ask(query => query.append('redirect_uri', REDIRECT_URI)), 'invalid_request'],
  ['no PKCE', 'app invalid_request', () => ask(query => query.delete('code_challenge'))],
  ['two states', 'app invalid_request', () => ask(query => query.append('state', 'x'))],
  ['tokens by the browser', 'app unsupported_response_type', () => ask(query => query.set('response_type', 'token'))],
  ['a forged request object', 'app invalid_request_object', () => ask(query => query.set('request', 'e30.e30.'))],
  [
    'a request elsewhere',
    'app request_uri_not_supported',
    () => ask(query => query.set('request_uri', 'https://evil.example/r')),
  ],
  [
    'a pushed request that is none',
    'app invalid_request_uri',
    () => ask(query => query.set('request_uri', 'urn:ietf:params:oauth:request_uri:x')),
  ],
  ['a hint that is none', 'app invalid_request', () => ask(query => query.set('id_token_hint', 'x.y.z'))],
  [
    'JSON by POST',
    'page 400',
    () => body('/auth', '{}', { accept: 'text/html', 'content-type': 'application/json' }),
    'request.invalid',
  ],
  ['100 kB by POST', 'page 413', () => body('/auth', `state=${BIG}`, { accept: 'text/html' }), 'request.too_large'],
  ['an interaction that is none', 'page 400', () => page('/auth/x'), 'invalid_request'],
]
const pushed: Case[] = [
  ['nobody', '400 invalid_request', () => form('/request', { response_type: 'code' }, JSON_ONLY)],
  [
    'a wrong secret',
    '401 invalid_client',
    () => form('/request', {}, { ...JSON_ONLY, authorization: basicOf({ ...TEST_CLIENT, client_secret: 'wrong' }) }),
  ],
  [
    'an unregistered redirect URI',
    '400 invalid_request',
    () => form('/request', { response_type: 'code', scope: 'openid', redirect_uri: 'https://evil.example/' }),
  ],
  ['a request within a request', '400 request_uri_not_supported', () => form('/request', { request_uri: 'urn:x' })],
  ['a parameter twice', '400 invalid_request', () => body('/request', 'scope=openid&scope=openid')],
  ['JSON', '400 invalid_request', () => body('/request', '{}', { 'content-type': 'application/json' })],
  ['100 kB', '400 invalid_request', () => body('/request', `state=${BIG}`)],
  [
    'a client assertion by the key of another',
    '401 invalid_client',
    async () => form('/request', await fapi.assertion({}, await createKey()), JSON_ONLY),
  ],
]
const token: Case[] = [
  ['nobody', '400 invalid_request', () => form('/token', refresh('x'), JSON_ONLY)],
  [
    'an unknown client',
    '401 invalid_client',
    () =>
      form('/token', refresh('x'), { ...JSON_ONLY, authorization: basicOf({ ...TEST_CLIENT, client_id: 'nobody' }) }),
  ],
  [
    'a wrong secret',
    '401 invalid_client',
    () =>
      form('/token', refresh('x'), {
        ...JSON_ONLY,
        authorization: basicOf({ ...TEST_CLIENT, client_secret: 'wrong' }),
      }),
  ],
  [
    'broken credentials',
    '400 invalid_request',
    () => form('/token', refresh('x'), { ...JSON_ONLY, authorization: 'Basic !!!' }),
  ],
  ['two ways of credentials', '400 invalid_request', () => form('/token', { ...refresh('x'), client_secret: 'x' })],
  [
    'an unknown grant',
    '400 unsupported_grant_type',
    () => form('/token', { grant_type: 'password', username: 'x', password: 'x' }),
  ],
  ['a grant of others', '400 unauthorized_client', () => form('/token', { grant_type: 'client_credentials' })],
  [
    'the exchange of a stranger',
    '400 unauthorized_client',
    () => form('/token', { grant_type: EXCHANGE, subject_token: 'x' }),
  ],
  [
    'a code that is none',
    '400 invalid_grant',
    () => form('/token', { grant_type: 'authorization_code', code: 'x', redirect_uri: REDIRECT_URI }),
  ],
  [
    'a code without its verifier',
    '400 invalid_grant',
    async () => form('/token', { ...(await newCode()).fields, code_verifier: 'x'.repeat(43) }),
  ],
  [
    'a code of another app',
    '400 invalid_grant',
    async () => form('/token', (await newCode()).fields, { ...JSON_ONLY, authorization: basicOf(OTHER) }),
  ],
  [
    'a code for another address',
    '400 invalid_grant',
    async () => form('/token', { ...(await newCode()).fields, redirect_uri: 'https://evil.example/' }),
  ],
  [
    'a code that was used',
    '400 invalid_grant',
    async () => {
      const { app, browser, fields } = await newCode()
      expect((await app.token(browser, fields)).status).toBe(200)
      ahead += 2000
      return app.token(browser, fields)
    },
  ],
  [
    'a refresh token of another app',
    '400 invalid_grant',
    () => form('/token', refresh(tokens.refresh_token), { ...JSON_ONLY, authorization: basicOf(OTHER) }),
  ],
  [
    'a device code that is none',
    '400 invalid_grant',
    () => form('/token', { grant_type: DEVICE_GRANT, client_id: TV_CLIENT.client_id, device_code: 'x' }, JSON_ONLY),
  ],
  [
    'a parameter twice',
    '400 invalid_request',
    () => body('/token', 'grant_type=refresh_token&refresh_token=a&refresh_token=b'),
  ],
  ['JSON', '400 invalid_request', () => body('/token', '{}', { 'content-type': 'application/json' })],
  ['100 kB', '400 invalid_request', () => body('/token', `grant_type=refresh_token&refresh_token=${BIG}`)],
  [
    'a proof that is none',
    '400 invalid_dpop_proof',
    async () => form('/token', (await newCode()).fields, { ...BASIC, dpop: 'x.y.z' }),
  ],
]
const resources: Case[] = [
  ['userinfo without a token', '401 invalid_token', () => page('/me', JSON_ONLY)],
  [
    'userinfo with a token that is none',
    '401 invalid_token',
    () => page('/me', { ...JSON_ONLY, authorization: 'Bearer x' }),
  ],
  [
    'userinfo with an ID token',
    '401 invalid_token',
    () => page('/me', { ...JSON_ONLY, authorization: `Bearer ${tokens.id_token}` }),
  ],
  [
    'userinfo with a token in the address',
    '400 invalid_request',
    () => page(`/me?access_token=${tokens.access_token}`, JSON_ONLY),
  ],
  [
    'userinfo with two tokens',
    '400 invalid_request',
    () =>
      form(
        '/me',
        { access_token: tokens.access_token },
        { ...JSON_ONLY, authorization: `Bearer ${tokens.access_token}` },
      ),
  ],
  [
    'userinfo with a Bearer token as one with a key',
    '401 invalid_token',
    async () => {
      const dpop = await createProof('GET', `${running.issuer}/me`, fapi.dpop, { accessToken: tokens.access_token })
      return page('/me', { ...JSON_ONLY, authorization: `DPoP ${tokens.access_token}`, dpop })
    },
  ],
  ['introspection of nobody', '400 invalid_request', () => form('/token/introspection', { token: 'x' }, JSON_ONLY)],
  ['introspection of two tokens', '400 invalid_request', () => body('/token/introspection', 'token=a&token=b')],
  ['revocation of nobody', '400 invalid_request', () => form('/token/revocation', { token: 'x' }, JSON_ONLY)],
  ['revocation of nothing', '400 invalid_request', () => form('/token/revocation', {})],
]
const devices: Case[] = [
  ['a code for nobody', '400 invalid_request', () => form('/device/auth', {}, JSON_ONLY)],
  ['a code for an app with a browser', '400 unauthorized_client', () => form('/device/auth', {})],
  [
    'a device with markup for a name',
    '400 invalid_request',
    () => form('/device/auth', { client_id: TV_CLIENT.client_id, scope: 'openid', pias_device_name: '<b>' }, JSON_ONLY),
  ],
  ['a code that is none', 'page 422', () => page('/device?user_code=BCDF-GHJK'), 'device_code.wrong'],
  [
    'a form of nobody',
    'page 400',
    () => form('/device', { xsrf: 'x', user_code: 'x', confirm: 'yes' }, {}),
    'oidc.session',
  ],
]
const sessions: Case[] = [
  ['a logout with a hint that is none', 'page 400', () => page('/session/end?id_token_hint=x.y.z'), 'invalid_request'],
  [
    'a logout to an address that is not registered',
    'page 400',
    () => page(`/session/end?client_id=test-app&post_logout_redirect_uri=https://evil.example/`),
    'invalid_request',
  ],
  [
    'a confirmation of nobody',
    'page 400',
    () => form('/session/end/confirm', { xsrf: 'x', logout: 'yes' }, {}),
    'invalid_request',
  ],
  [
    'a form for the account from elsewhere',
    'page 403',
    () => form('/account/erase', { csrf: 'x' }, { origin: 'https://evil.example' }, person),
    'request.forged',
  ],
  [
    'a form for the account without its token',
    'page 403',
    () => form('/account/logins/end', { csrf: 'x' }, {}, person),
    'request.forged',
  ],
]
const journey: Case[] = [
  [
    'an answer of itsme that nobody waits for',
    'page 400',
    () => page('/callback/itsme?code=x&state=x'),
    'interaction.expired',
  ],
  [
    'an answer in another browser',
    'page 400',
    async () => {
      const address = new URL(await toCallback(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte'))
      return page(`${address.pathname}${address.search}`)
    },
    'interaction.elsewhere',
  ],
  [
    'an answer of another upstream',
    'page 400',
    async () => {
      const browser = createHttpBrowser()
      const address = new URL(await toCallback(browser, createTestApp(running).authorize().url, 'lotte'))
      return page(`/callback/partner${address.search}`, {}, browser)
    },
    'request.invalid',
  ],
  ['a page of an attempt that is none', 'page 400', () => page('/interaction/x'), 'interaction.expired'],
  [
    'a form from elsewhere',
    'page 403',
    async () => {
      const { url, browser } = await meetUncertain(running, 'confirm')
      return browser.post(url('/new'), { csrf: 'x' }, { origin: 'https://evil.example' })
    },
    'request.forged',
  ],
  [
    'a form without its token',
    'page 403',
    async () => {
      const { url, browser } = await meetUncertain(running, 'confirm')
      return browser.post(url('/prove'), { csrf: 'x', customerId: 'x', invoiceReference: 'x' })
    },
    'request.forged',
  ],
  [
    'a form of 100 kB',
    'page 413',
    async () => {
      const { url, browser } = await meetUncertain(running, 'confirm')
      return browser.post(url('/prove'), { csrf: BIG })
    },
    'request.too_large',
  ],
]
/** What a person sees whom an upstream sent back with this fault in the next token. */
const afterFault = async (endpoint: string, kind: string): Promise<Answer> => {
  const fault = JSON.stringify({ endpoint, kind, count: 1 })
  await createHttpBrowser().send('POST', `${running.simulator.origin}/_sim/fault`, fault, {
    'content-type': 'application/json',
  })
  const browser = createHttpBrowser()
  const callback = await toCallback(browser, createTestApp(running).authorize().url, 'lotte')
  return (await browser.follow(callback, atApp)).at(-1) as Answer
}
const hostileUpstream: Case[] = [
  ...['bad-signature', 'not-encrypted', 'wrong-nonce', 'wrong-issuer', 'wrong-audience', 'expired'].map(
    (kind): Case => [
      `an answer of itsme: ${kind}`,
      'page 200',
      () => afterFault('token', kind),
      'upstream.invalid_response',
    ],
  ),
  [
    'an error that itsme does not have',
    'page 200',
    () => afterFault('authorization', 'invalid_scope'),
    'upstream.invalid_response',
  ],
]
const registration: Case[] = [
  [
    'a client without a token',
    '401 invalid_token',
    () => body('/reg', '{}', { authorization: '', 'content-type': 'application/json' }),
  ],
  [
    'a client with a token that is none',
    '401 invalid_token',
    () => body('/reg', '{}', { authorization: 'Bearer x', 'content-type': 'application/json' }),
  ],
  ['a look at a client', '401 invalid_token', () => page('/reg/test-app', { ...JSON_ONLY, authorization: 'Bearer x' })],
  [
    'a change of a client',
    '401 invalid_token',
    () =>
      createHttpBrowser().send('PUT', `${running.issuer}/reg/test-app`, '{}', {
        ...JSON_ONLY,
        authorization: 'Bearer x',
        'content-type': 'application/json',
      }),
  ],
  [
    'the end of a client',
    '401 invalid_token',
    () =>
      createHttpBrowser().send('DELETE', `${running.issuer}/reg/test-app`, undefined, {
        ...JSON_ONLY,
        authorization: 'Bearer x',
      }),
  ],
]

describe.each<[string, Case[]]>([
  ['authorization', authorization],
  ['pushed requests', pushed],
  ['tokens', token],
  ['what tokens are for', resources],
  ['devices', devices],
  ['sessions', sessions],
  ['the journey', journey],
  ['an upstream', hostileUpstream],
  ['registration', registration],
])('%s', (_area, cases) => {
  // A minute has so many events of their own.
  beforeAll(async () => {
    ahead += 60_000
    await refusals()
  })

  // Each with its code: a case of three would be given jest's `done`.
  const complete = cases.map(
    ([what, answer, send, code = answer.split(' ')[1] ?? '']) => [what, answer, send, code] as const,
  )
  test.each(complete)('%s: %s, and one event', async (_what, expected, send, code) => {
    const answer = await send()
    const events = await refusals()
    expect([outcomeOf(answer), events.map(({ data }) => (data as { code: string }).code)]).toEqual([expected, [code]])
  })
})

test('an event says where and which app, and nothing that was sent', async () => {
  const canary = `canary-${randomUUID()}`
  const answer = await form('/token', { ...refresh(canary), scope: canary, [canary]: canary })
  const [event] = await refusals()
  expect(event).toMatchObject({ clientId: 'test-app', data: { endpoint: 'POST /token', code: 'invalid_grant' } })
  expect(event?.data).toHaveProperty('reference', answer.headers['x-request-id'])
  expect(JSON.stringify(event)).not.toContain(canary)
})

test('a foreign host leaves one, what honest apps meet leaves none', async () => {
  await rawRequest(running.issuer, { path: '/jwks', headers: { host: 'evil.example' } })
  expect((await refusals()).map(({ data }) => data)).toMatchObject([
    { endpoint: 'GET /jwks', code: 'request.host_unknown' },
  ])
  const silent = await createHttpBrowser().get(createTestApp(running).authorize({ prompt: 'none' }).url)
  expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })
  expect((await page('/nowhere')).status).toBe(404)
  expect((await afterFault('authorization', 'access_denied')).status).toBe(200)
  expect((await afterFault('token', 'error')).status).toBe(200)
  expect(await refusals()).toEqual([])
})

test('a flood has two events a second at most, and its size is known', async () => {
  // All in one minute, however long it takes.
  stopped = Math.ceil((Date.now() + ahead) / 60_000 + 1) * 60_000
  await refusals()
  for (let round = 0; round < 15; round++)
    await Promise.all(Array.from({ length: 10 }, () => form('/token', refresh('x'))))
  expect(await refusals()).toHaveLength(120)
  stopped += 60_000
  await running.pias.jobs.find(({ name }) => name === 'refused requests')?.run()
  const events = await running.pias.store.audit.list({ after: seen, limit: 1000 })
  expect(events).toMatchObject([{ type: 'requests.refused', data: { invalid_grant: 30 } }])
})
