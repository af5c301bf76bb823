import fc from 'fast-check'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, REDIRECT_URI } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RawAnswer, rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/**
 * Any parameters at every endpoint: an error that the endpoint may answer or a page of ours, one event for each request that
 * is refused, and nothing else.
 */
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const TV = {
  client_id: 'fuzz-tv',
  client_name: 'Synthetic television',
  token_endpoint_auth_method: 'none',
  grant_types: [DEVICE_CODE, 'refresh_token'],
  scope: 'openid offline_access',
}

let ahead = 0
let running: RunningPias
beforeAll(async () => {
  const clock = () => Date.now() + ahead
  running = await startPias({ clients: [TV], clock, config: { registration: { policies: { any: {} } } } })
})
afterAll(() => running.close())

const RUNS = 40
const CANARY = 'canary-that-nobody-repeats-in-a-log'

const NASTY = [
  '',
  ' ',
  '\u0000',
  '%00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '[object Object]',
  '{"$gt":""}',
  '[]',
  "'; DROP TABLE clients; --",
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  'https://evil.example/cb',
  'null',
  'true',
  '-1',
  '1e999',
  'NaN',
  '9'.repeat(400),
  'x'.repeat(5000),
  'a.b.c',
  'eyJhbGciOiJub25lIn0.e30.',
  '\r\nSet-Cookie: a=b',
  'openid openid openid',
  'S256',
  'plain',
  'none login',
  '\u{1f469}\u200d\u{1f467}',
  CANARY,
]
const value = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 40 }))

type Parameters = [name: string, value: string][]

/** A request as it should be, of which some parameters are missing, another, there twice, or nobody's. */
const around = (base: Record<string, string>, others: readonly string[] = []) => {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...Object.keys(base), ...others) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'a[b]', '', 'toString') },
  )
  const change = fc.record({ name, value, how: fc.constantFrom('set', 'add', 'remove') })
  return fc.array(change, { maxLength: 5 }).map((changes): Parameters => {
    const parameters: Parameters = Object.entries(base)
    return changes.reduce<Parameters>((before, { name: changed, value: to, how }) => {
      const kept = how === 'add' ? before : before.filter(([known]) => known !== changed)
      return how === 'remove' ? kept : [...kept, [changed, to]]
    }, parameters)
  })
}

const encode = (parameters: Parameters): string => new URLSearchParams(parameters).toString()

/** What OAuth lets these endpoints answer (RFC 6749, 4.1.2.1 and 5.2; OIDC Core 3.1.2.6; RFC 6750, 3.1; RFC 7591, 3.2.2). */
const ASKED_ERRORS = [
  'invalid_request',
  'invalid_scope',
  'unsupported_response_type',
  'unsupported_response_mode',
  'invalid_target',
  'login_required',
  'invalid_request_object',
  'invalid_request_uri',
  'request_uri_not_supported',
  'request_not_supported',
  'registration_not_supported',
  'invalid_redirect_uri',
  'unauthorized_client',
]
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  '/auth': ASKED_ERRORS,
  '/request': [...ASKED_ERRORS, 'invalid_client', 'invalid_dpop_proof'],
  '/token': [
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_target',
  ],
  '/token/introspection': ['invalid_request', 'invalid_client'],
  '/token/revocation': ['invalid_request', 'invalid_client', 'unsupported_token_type'],
  '/me': ['invalid_request', 'invalid_token', 'insufficient_scope'],
  '/device/auth': [...ASKED_ERRORS, 'invalid_client'],
  '/reg': ['invalid_request', 'invalid_token', 'invalid_client_metadata', 'invalid_redirect_uri'],
}
const PAGE_STATUSES = [400, 401, 403, 404, 413, 422]

/** The error that an answer tells, to the app in the address or in JSON. */
const errorOf = ({ headers, body }: RawAnswer): string | undefined => {
  const location = String(headers.location ?? '')
  if (location.startsWith(REDIRECT_URI)) return /[?#&]error=(\w+)/.exec(location)?.[1]
  return String(headers['content-type']).includes('json') ? JSON.parse(body).error : undefined
}

/** The app is told whose answer it is, with its own state. */
const checkToldApp = (location: string, parameters: Parameters): void => {
  const told = new URL(location.replace('#', '?')).searchParams
  const states = parameters.filter(([name]) => name === 'state').map(([, state]) => state)
  expect(told.get('iss')).toBe(running.issuer)
  if (states.length === 1 && states[0] !== '') expect(told.get('state')).toBe(states[0]?.toWellFormed())
}

const statusOf = (error: string): number => {
  if (error === 'insufficient_scope') return 403
  return /^invalid_(client|token)$/.test(error) ? 401 : 400
}

/** The right kind of refusal: an error of the endpoint with its status, or a page. */
const checkRefusal = (answer: RawAnswer, path: string, parameters: Parameters): void => {
  const error = errorOf(answer)
  if (error === undefined) {
    const isPage = isOwnPage(answer) && PAGE_STATUSES.includes(answer.status)
    if (answer.status >= 400) expect([path, answer.status, isPage]).toEqual([path, answer.status, true])
    return
  }
  expect([path, error, ERRORS[path]?.includes(error)]).toEqual([path, error, true])
  if (answer.headers.location !== undefined) return checkToldApp(String(answer.headers.location), parameters)
  expect([path, error, answer.status]).toEqual([path, error, statusOf(error)])
}

/** Whether the audit trail must have an event of it: what was refused, and is not what an honest app meets. */
const isRefusal = (answer: RawAnswer): boolean => {
  const error = errorOf(answer)
  if (error !== undefined) return error !== 'login_required'
  // A wrong entry is told on its page; what is not there is nobody's endpoint.
  return answer.status >= 400 && ![404, 422].includes(answer.status)
}
let refused = 0

/** What holds of every answer, whatever was asked. */
const check = (answer: RawAnswer, path: string, parameters: Parameters = []): void => {
  expect(answer.status).toBeLessThan(500)
  checkRefusal(answer, path, parameters)
  if (isRefusal(answer)) refused++
  const location = answer.headers.location === undefined ? undefined : String(answer.headers.location)
  if (location !== undefined) {
    const target = new URL(location, running.issuer)
    const known = [running.issuer, new URL(running.simulator.issuer).origin]
    const isRegistered =
      location.startsWith(`${REDIRECT_URI}?`) || location.startsWith(TEST_CLIENT.post_logout_redirect_uris[0] ?? '-')
    expect([location, isRegistered || known.includes(target.origin)]).toEqual([location, true])
  }
  for (const leak of ['node_modules', '    at ', TEST_CLIENT.client_secret, 'SQLITE', '/src/']) {
    expect(answer.body).not.toContain(leak)
  }
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
}

const FORM = 'application/x-www-form-urlencoded'
const basic = (): string =>
  `Basic ${Buffer.from(`${TEST_CLIENT.client_id}:${encodeURIComponent(TEST_CLIENT.client_secret)}`).toString('base64')}`

/** Sends parameters in the address or in a form, as somebody who is the client or as nobody. */
const send = async (method: 'GET' | 'POST', path: string, parameters: Parameters, authenticated: boolean) => {
  const headers = {
    accept: 'text/html, application/json;q=0.9',
    ...(authenticated && { authorization: basic() }),
    ...(method === 'POST' && { 'content-type': FORM }),
  }
  const encoded = encode(parameters)
  const before = running.log.length
  const answer =
    method === 'GET'
      ? await rawRequest(running.issuer, { path: `${path}?${encoded}`, headers })
      : await rawRequest(running.issuer, { method, path, headers, body: encoded })
  check(answer, path, parameters)
  const lines = running.log.slice(before)
  expect(JSON.stringify(lines)).not.toContain(CANARY)
  expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  return answer
}

const AUTHORIZATION = {
  client_id: TEST_CLIENT.client_id,
  response_type: 'code',
  redirect_uri: REDIRECT_URI,
  scope: 'openid profile',
  state: 'a-state',
  nonce: 'a-nonce',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}
const MORE = [
  'prompt',
  'max_age',
  'acr_values',
  'claims',
  'ui_locales',
  'login_hint',
  'id_token_hint',
  'request',
  'request_uri',
  'response_mode',
  'resource',
  'dpop_jkt',
  'pias_upstream',
  'pias_device_name',
  'display',
  'registration',
]
const token = (grant: string, base: Record<string, string>) => ({ grant_type: grant, ...base })

type Endpoint = [what: string, method: 'GET' | 'POST', path: string, base: Record<string, string>, others?: string[]]

const ENDPOINTS: Endpoint[] = [
  ['authorization', 'GET', '/auth', AUTHORIZATION, MORE],
  ['authorization by POST', 'POST', '/auth', AUTHORIZATION, MORE],
  ['pushed requests', 'POST', '/request', AUTHORIZATION, [...MORE, 'client_secret', 'client_assertion']],
  [
    'tokens for a code',
    'POST',
    '/token',
    token('authorization_code', { code: 'x', redirect_uri: REDIRECT_URI, code_verifier: 'x'.repeat(43) }),
    ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'scope', 'resource'],
  ],
  [
    'tokens for a refresh token',
    'POST',
    '/token',
    token('refresh_token', { refresh_token: 'x' }),
    ['scope', 'resource'],
  ],
  ['tokens of a machine', 'POST', '/token', token('client_credentials', { scope: 'openid' }), ['resource']],
  [
    'tokens of a device',
    'POST',
    '/token',
    token(DEVICE_CODE, { device_code: 'x', client_id: TV.client_id }),
    ['scope'],
  ],
  [
    'token exchange',
    'POST',
    '/token',
    token('urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: 'x',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource: 'https://api.example',
    }),
    ['actor_token', 'requested_token_type', 'audience', 'scope'],
  ],
  ['userinfo', 'GET', '/me', { access_token: 'x' }],
  ['userinfo by POST', 'POST', '/me', { access_token: 'x' }],
  ['introspection', 'POST', '/token/introspection', { token: 'x', token_type_hint: 'access_token' }],
  ['revocation', 'POST', '/token/revocation', { token: 'x', token_type_hint: 'refresh_token' }],
  ['device authorization', 'POST', '/device/auth', { client_id: TV.client_id, scope: 'openid' }, MORE],
  ['the page for device codes', 'GET', '/device', { user_code: 'BCDF-GHJK' }],
  ['a device code', 'POST', '/device', { user_code: 'BCDF-GHJK', xsrf: 'x', confirm: 'yes' }, ['abort']],
  [
    'logout',
    'GET',
    '/session/end',
    { client_id: TEST_CLIENT.client_id, post_logout_redirect_uri: TEST_CLIENT.post_logout_redirect_uris[0] ?? '' },
    ['id_token_hint', 'state', 'ui_locales', 'logout_hint'],
  ],
  ['the confirmation of a logout', 'POST', '/session/end/confirm', { xsrf: 'x', logout: 'yes' }],
  [
    'the callback of the upstream',
    'GET',
    '/callback/itsme',
    { code: 'x', state: 'x' },
    ['error', 'iss', 'error_description'],
  ],
  ['a form of the journey', 'POST', '/interaction/x/prove', { csrf: 'x', customerId: 'x', invoiceReference: 'x' }],
  ['another form of it', 'POST', '/interaction/x/new', { csrf: 'x' }],
  ['the page of the journey', 'GET', '/interaction/x', { lang: 'nl' }],
  ['the end of a login', 'POST', '/account/logins/end', { csrf: 'x', login: 'x' }],
  ['the withdrawal of a consent', 'POST', '/account/consents/withdraw', { csrf: 'x', client: 'x' }],
  ['the export', 'POST', '/account/data/export', { csrf: 'x' }],
  ['the erasure', 'POST', '/account/erase', { csrf: 'x' }],
  ['a new passkey', 'POST', '/account/ways/add', { csrf: 'x', challenge: 'x', credential: '{}' }],
  ['the end of a passkey', 'POST', '/account/ways/remove', { csrf: 'x', passkey: 'x' }],
  ['records that were put off', 'POST', '/account/records', { csrf: 'x', record: 'x' }],
  ['the way back to the account', 'GET', '/account/callback', { code: 'x', state: '/account/data' }, ['error', 'iss']],
  ['registration', 'POST', '/reg', { redirect_uris: REDIRECT_URI, client_name: 'x' }],
]

test.each<Endpoint>(ENDPOINTS)('%s takes any parameters', async (_what, method, path, base, others = []) => {
  const property = fc.asyncProperty(around(base, others), fc.boolean(), async (parameters, authenticated) => {
    await send(method, path, parameters, authenticated)
  })
  await fc.assert(property, { numRuns: RUNS })
})

test('JSON of any shape registers, changes and removes nobody', async () => {
  const request = fc.constantFrom(
    ['POST', '/reg'] as const,
    ['PUT', '/reg/x'] as const,
    ['DELETE', '/reg/x'] as const,
    ['GET', '/reg/x'] as const,
  )
  const property = fc.asyncProperty(request, fc.json({ maxDepth: 3 }), value, async ([method, path], body, bearer) => {
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(/^[\w.]+$/.test(bearer) && { authorization: `Bearer ${bearer}` }),
    }
    const answer = await rawRequest(running.issuer, { method, path, headers, body })
    check(answer, '/reg')
    expect([400, 401]).toContain(answer.status)
  })
  await fc.assert(property, { numRuns: 2 * RUNS })
})

test('any Authorization header is refused', async () => {
  const header = fc.oneof(
    fc.constantFrom(
      'Basic',
      'Basic ',
      'Basic !!!!',
      `Basic ${'x'.repeat(8000)}`,
      'Bearer',
      'Bearer a b',
      'DPoP x',
      'Digest',
    ),
    fc.base64String({ maxLength: 60 }).map(text => `Basic ${text}`),
    fc.base64String({ maxLength: 60 }).map(text => `Bearer ${text}`),
  )
  const property = fc.asyncProperty(
    header,
    fc.constantFrom('/token', '/me', '/token/introspection'),
    async (authorization, path) => {
      const headers = { accept: 'application/json', authorization, 'content-type': FORM }
      const answer = await rawRequest(running.issuer, {
        method: 'POST',
        path,
        headers,
        body: 'grant_type=refresh_token',
      })
      check(answer, path)
      expect([400, 401]).toContain(answer.status)
      expect(JSON.parse(answer.body)).toMatchObject({ error: expect.any(String) })
    },
  )
  await fc.assert(property, { numRuns: RUNS })
})

test('each of them that was refused is in the audit trail, one by one or counted', async () => {
  const { audit } = running.pias.store
  const job = running.pias.jobs.find(({ name }) => name === 'refused requests')
  await job?.run()
  ahead = 60_000
  await job?.run()
  const events = []
  for (let after = 0; ; ) {
    const page = await audit.list({ after, limit: 1000 })
    events.push(...page)
    after = page.at(-1)?.sequence ?? 0
    if (page.length < 1000) break
  }
  const single = events.filter(
    ({ type, data }) => type === 'request.refused' && (data as { code: string }).code !== 'device_code.wrong',
  )
  const counted = events
    .filter(({ type }) => type === 'requests.refused')
    .flatMap(({ data }) => Object.entries(data as Record<string, number>))
    .filter(([code]) => code !== 'device_code.wrong')
    .map(([, number]) => number)
  expect(refused).toBeGreaterThan(200)
  expect(counted.reduce((sum, number) => sum + number, single.length)).toBe(refused)
})

test('after all of it a login works', async () => {
  const answer = await createHttpBrowser().get(createTestApp(running).authorize().url)
  expect([answer.status, answer.location?.startsWith(running.simulator.issuer)]).toEqual([303, true])
})
