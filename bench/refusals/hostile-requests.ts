import { TEST_CLIENT } from '#test/support/start-pias.ts'

/** A request that is refused, as `fetch` takes it. */
export type HostileRequest = {
  readonly what: string
  readonly path: string
  readonly init: RequestInit
}

const JSON_ONLY = { accept: 'application/json' }
const PAGE = { accept: 'text/html' }
const basicOf = (secret: string): string => `Basic ${btoa(`${TEST_CLIENT.client_id}:${encodeURIComponent(secret)}`)}`
const KNOWN = { ...JSON_ONLY, authorization: basicOf(TEST_CLIENT.client_secret) }
const [REDIRECT_URI = ''] = TEST_CLIENT.redirect_uris

const get = (what: string, path: string, headers: Record<string, string> = PAGE): HostileRequest => ({
  what,
  path,
  init: { headers, redirect: 'manual' },
})
const post = (
  what: string,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = KNOWN,
): HostileRequest => ({
  what,
  path,
  init: { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' },
})

const asking = (changes: Record<string, string>): string =>
  `/auth?${new URLSearchParams({
    client_id: TEST_CLIENT.client_id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    state: 'state',
    ...changes,
  })}`

/** What test/flows/refused-requests.test.ts holds to be refused, one of each kind and endpoint that needs no login before. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  get('/auth: an unknown client', asking({ client_id: 'nobody' })),
  get('/auth: an unregistered redirect URI', asking({ redirect_uri: 'https://evil.example/' })),
  get('/auth: no PKCE', asking({ code_challenge_method: 'plain' })),
  get('/auth: a forged request object', asking({ request: 'e30.e30.' })),
  get('/auth: a token of 8 kB as hint', asking({ id_token_hint: 'x'.repeat(8000) })),
  post('/auth: 100 kB by POST', '/auth', { state: 'x'.repeat(100_000) }, PAGE),
  post('/request: a wrong secret', '/request', {}, { ...JSON_ONLY, authorization: basicOf('wrong') }),
  post('/request: 100 kB', '/request', { state: 'x'.repeat(100_000) }),
  post('/token: a wrong secret', '/token', { grant_type: 'x' }, { ...JSON_ONLY, authorization: basicOf('wrong') }),
  post('/token: a code that is none', '/token', {
    grant_type: 'authorization_code',
    code: 'x',
    redirect_uri: REDIRECT_URI,
  }),
  post('/token: a refresh token that is none', '/token', {
    grant_type: 'refresh_token',
    refresh_token: 'x'.repeat(5000),
  }),
  post(
    '/token: a proof that is none',
    '/token',
    { grant_type: 'refresh_token', refresh_token: 'x' },
    { ...KNOWN, dpop: 'x.y.z' },
  ),
  get('/me: a token that is none', '/me', { ...JSON_ONLY, authorization: 'Bearer x' }),
  post('/token/introspection: nobody', '/token/introspection', { token: 'x' }, JSON_ONLY),
  post('/device/auth: no device', '/device/auth', {}),
  get('/session/end: a hint that is none', '/session/end?id_token_hint=x.y.z'),
  get('/callback/itsme: an answer nobody waits for', '/callback/itsme?code=x&state=x'),
  post('/interaction: a form of nobody', '/interaction/x/prove', { csrf: 'x' }, PAGE),
  post('/account: a form from elsewhere', '/account/erase', { csrf: 'x' }, { ...PAGE, origin: 'https://evil.example' }),
]
