import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { decodeProtectedHeader } from 'jose'
import { createClientFileSchema } from '#src/clients/client-file.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { createSuite, type SuiteClient } from '#test/support/conformance.ts'
import { createKey, type SigningKey, signAssertion } from '#test/support/fapi-client.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, REDIRECT_URI, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'
import { until } from '#test/support/until.ts'

/**
 * Clients that register by themselves (RFC 7591, RFC 7592): what the plan oidcc-dynamic-certification-test-plan checks,
 * `request_uri` by reference apart, and what it does not.
 */
const REGISTRATION = {
  policies: {
    suite: { pkceRequired: false, responseModes: ['query', 'form_post'] },
    openid: { implicit: true },
    apis: { scope: 'openid asks:read silent:read' },
    narrow: { scope: 'openid email', grantTypes: ['authorization_code'], redirectHosts: ['app.example'] },
  },
}
const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

let running: RunningPias
/** A client's server, whose certificate this process trusts: what it publishes, by path. */
let server: Server
const published = new Map<string, unknown>()
/** What happens while PIAS waits for an answer of it, by path. */
const meanwhile = new Map<string, () => Promise<unknown>>()
let fetches = 0
const home = (path: string): string => `https://localhost:${(server.address() as AddressInfo).port}${path}`

const initialAccessToken = (policy: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const configFile = join(running.dataDir, '..', 'registration.json')
    writeFileSync(configFile, JSON.stringify({ registration: REGISTRATION }))
    const env = { PATH: process.env.PATH, PIAS_DATA_DIR: running.dataDir, PIAS_CONFIG: configFile }
    const args = [PIAS, 'clients', 'initial-access-token', '--policy', policy]
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      error === null ? resolve(stdout.trim()) : reject(new Error(stderr)),
    )
  })

const api = (name: string, clients: string[]) => {
  const description = { nl: name, fr: name, de: name, en: name }
  return { audience: `https://${name}.example/`, name, scopes: [{ name: `${name}:read`, description }], clients }
}
/** One that asks PIAS about tokens, and one that reads them itself. */
const APIS = [api('asks', ['asks-api']), api('silent', [])]

let suiteToken: string
let narrowToken: string
let implicitToken: string
beforeAll(async () => {
  const { pem, certFile, keyFile } = await createTestCertificate(mkdtempSync(join(tmpdir(), 'pias-client-')))
  setDefaultCACertificates([...getCACertificates('default'), pem])
  server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, async (request, response) => {
    fetches++
    if (request.url === '/logout') published.set('/logout called', true)
    await meanwhile.get(request.url ?? '')?.()
    const body = published.get(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  for (const [at, one] of APIS.entries()) writeFileSync(join(apisDir, `${at}.json`), JSON.stringify(one))
  running = await startPias({ config: { registration: REGISTRATION, apisDir } })
  suiteToken = await initialAccessToken('suite')
  narrowToken = await initialAccessToken('narrow')
  implicitToken = await initialAccessToken('openid')
})
afterAll(async () => {
  await running.close()
  server.closeAllConnections()
  server.close()
})

type Registered = SuiteClient & {
  registration_access_token: string
  registration_client_uri: string
  [field: string]: unknown
}

const call = (method: string, url: string, token: string, body?: object): Promise<Answer> =>
  createHttpBrowser().send(method, url, body === undefined ? undefined : JSON.stringify(body), {
    accept: 'application/json',
    'content-type': 'application/json',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  })

const register = (metadata: object, token = suiteToken): Promise<Answer> =>
  call('POST', `${running.issuer}/reg`, token, { redirect_uris: [REDIRECT_URI], ...metadata })

const registered = async (metadata: object = {}, token = suiteToken): Promise<Registered> => {
  const answer = await register({ client_name: 'Synthetic registered app', ...metadata }, token)
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status} ${answer.body}`)
  return answer.json<Registered>()
}

const suiteOf = (client: Registered) => createSuite(() => running, client)

/** A client that proves itself with a key, and what its token requests carry. */
const withKey = async (key: SigningKey, metadata: object) => {
  const client = await registered({ token_endpoint_auth_method: 'private_key_jwt', ...metadata })
  const token = async (form: Record<string, string>, signer = key) =>
    createHttpBrowser().post(
      `${running.issuer}/token`,
      { ...form, ...(await signAssertion(client.client_id, running.issuer, signer)) },
      { accept: 'application/json' },
    )
  const exchange = async (more: Record<string, string> = {}, signer = key) => {
    const { callback } = await suiteOf(client).authorize(more)
    return token({ grant_type: 'authorization_code', code: callback.code ?? '', redirect_uri: REDIRECT_URI }, signer)
  }
  return { client, token, exchange }
}

test('oidcc-server, oidcc-idtoken-rs256: the answer says what was registered; the client logs people in', async () => {
  const answer = await register({
    client_name: 'App',
    contacts: ['a@app.example'],
    unknown_field: 'x',
    pias_first_party: true,
  })
  const client = answer.json<Registered>()
  expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
    201,
    expect.stringMatching(/^application\/json/),
    'no-store',
  ])
  expect(client).toMatchObject({
    client_id: expect.stringMatching(/^[\w-]{22}$/),
    client_secret: expect.stringMatching(/^[\w-]{43}$/),
    client_secret_expires_at: 0,
    client_id_issued_at: expect.any(Number),
    client_name: 'App',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
    scope: 'openid profile email phone address offline_access',
    registration_access_token: expect.any(String),
    registration_client_uri: `${running.issuer}/reg/${client.client_id}`,
  })
  expect(Object.keys(client).filter(field => field.startsWith('pias_') || field === 'unknown_field')).toEqual([])
  const { tokens, claims } = await suiteOf(client).logIn()
  expect([claims.aud, decodeProtectedHeader(tokens.id_token).alg]).toEqual([client.client_id, 'RS256'])
})

test('it is nobody’s own app: a person is asked before it gets anything', async () => {
  const { answers, callback } = await suiteOf(await registered()).authorize({ scope: 'openid email' })
  expect(answers.filter(({ body }) => body.includes('/consent"'))).toHaveLength(1)
  expect(callback.code).toEqual(expect.any(String))
})

test('the secret is kept as its hash alone, and a wrong one opens nothing', async () => {
  const client = await registered()
  const stored = await running.pias.store.clients.find(client.client_id)
  expect(stored).toMatchObject({
    managedBy: 'dcr',
    state: 'active',
    version: 1,
    secrets: [{ hash: expect.stringMatching(/^sha256:/) }],
  })
  expect(JSON.stringify(stored)).not.toContain(client.client_secret)
  const { callback } = await suiteOf(client).authorize()
  const wrong = suiteOf({ ...client, client_secret: `${stored?.secrets[0]?.hash}` })
  expect((await wrong.exchange(callback.code)).json().error).toBe('invalid_client')
  expect((await suiteOf(client).exchange(callback.code)).status).toBe(200)
})

test('oidcc-userinfo-rs256', async () => {
  const { tokens } = await suiteOf(await registered({ userinfo_signed_response_alg: 'RS256' })).logIn()
  const answer = await userinfo(running, createHttpBrowser(), tokens.access_token)
  expect(answer.headers['content-type']).toMatch(/^application\/jwt/)
  expect(decodeProtectedHeader(answer.body)).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
})

test('oidcc-ensure-redirect-uri-in-authorization-request, oidcc-redirect-uri-query-OK, oidcc-redirect-uri-query-mismatch, oidcc-redirect-uri-query-added', async () => {
  const withQuery = `${REDIRECT_URI}?foo=bar`
  const client = await registered({ redirect_uris: [withQuery] })
  const suite = suiteOf(client)
  const { callback } = await suite.authorize()
  expect(callback).toMatchObject({ foo: 'bar', code: expect.any(String) })
  expect((await suite.exchange(callback.code)).status).toBe(200)
  for (const uri of [undefined, REDIRECT_URI, `${REDIRECT_URI}?foo=baz`, `${withQuery}&more=1`]) {
    const [answer] = (await suite.authorize({ redirect_uri: uri })).answers
    expect([uri, answer?.status, answer?.location]).toEqual([uri, 400, undefined])
  }
})

test.each<[string, object, string]>([
  ['oidcc-redirect-uri-regfrag', { redirect_uris: ['https://app.example/cb#x'] }, 'invalid_redirect_uri'],
  ['a wildcard', { redirect_uris: ['https://*.example/cb'] }, 'invalid_redirect_uri'],
  ['plain http', { redirect_uris: ['http://app.example/cb'] }, 'invalid_redirect_uri'],
  ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
  ['the implicit flow', { response_types: ['id_token token'] }, 'invalid_client_metadata'],
  ['a grant of machines', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
  ['a scope outside the policy', { scope: 'openid customer' }, 'invalid_client_metadata'],
  ['oidcc-idtoken-unsigned', { id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
  ['a symmetric signature', { id_token_signed_response_alg: 'HS256' }, 'invalid_client_metadata'],
  ['a public client', { token_endpoint_auth_method: 'none' }, 'invalid_client_metadata'],
  [
    'a private key',
    { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } },
    'invalid_client_metadata',
  ],
  ['keys twice', { jwks: { keys: [{ kty: 'EC' }] }, jwks_uri: 'https://app.example/jwks' }, 'invalid_client_metadata'],
  ['a field of another type', { client_name: 7 }, 'invalid_client_metadata'],
  ['a subject that differs, of no sector', { subject_type: 'pairwise' }, 'invalid_client_metadata'],
])('%s is refused', async (_what, metadata, error) => {
  const answer = await register(metadata)
  expect([answer.status, answer.json().error]).toEqual([400, error])
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.json().error_description).not.toMatch(/Invalid|expected/)
})

test('oidcc-registration-sector-uri, oidcc-registration-sector-bad: the document must list the redirect URIs; subjects differ by its host', async () => {
  published.set('/good.json', [REDIRECT_URI])
  published.set('/bad.json', ['https://app.example/other'])
  const pairwise = { subject_type: 'pairwise', sector_identifier_uri: home('/good.json') }
  const bad = await register({ ...pairwise, sector_identifier_uri: home('/bad.json') })
  expect([bad.status, bad.json().error]).toEqual([400, 'invalid_client_metadata'])
  const [one, two, open] = [await registered(pairwise), await registered(pairwise), await registered()]
  const before = fetches
  const subjects = []
  for (const client of [one, two, open]) subjects.push((await suiteOf(client).logIn()).claims.sub)
  expect(subjects[0]).toBe(subjects[1])
  expect(subjects[0]).not.toBe(subjects[2])
  // No login asks the client's server.
  expect(fetches).toBe(before)
})

test('oidcc-registration-policy-uri, oidcc-registration-tos-uri, oidcc-registration-logo-uri: the page that asks links to them; no image is fetched', async () => {
  const links = { policy_uri: 'https://app.example/policy', tos_uri: 'https://app.example/terms' }
  const client = await registered({ ...links, logo_uri: 'https://app.example/logo.png' })
  const { answers, callback } = await suiteOf(client).authorize({ scope: 'openid email' })
  const page = answers.find(({ body }) => body.includes('/consent"'))
  for (const uri of Object.values(links)) expect(page?.body).toContain(`href="${uri}"`)
  expect(page?.body).not.toContain('logo.png')
  expect(callback.code).toEqual(expect.any(String))
})

test('oidcc-registration-jwks-uri, oidcc-ensure-client-assertion-with-iss-aud-succeeds', async () => {
  const key = await createKey('RS256')
  published.set('/jwks.json', { keys: [key.jwk] })
  const { exchange } = await withKey(key, { jwks_uri: home('/jwks.json') })
  expect((await exchange()).status).toBe(200)
  expect((await exchange({}, await createKey('RS256', key.jwk.kid))).status).toBe(401)
})

test('oidcc-refresh-token-rp-key-rotation: another key under jwks_uri counts as soon as it is needed', async () => {
  const [old, next] = [await createKey('RS256'), await createKey('RS256')]
  published.set('/rotating.json', { keys: [old.jwk] })
  const rotating = { jwks_uri: home('/rotating.json'), grant_types: ['authorization_code', 'refresh_token'] }
  const { token, exchange } = await withKey(old, rotating)
  const first = (await exchange({ scope: 'openid offline_access', prompt: 'consent' })).json<{
    refresh_token: string
  }>()
  published.set('/rotating.json', { keys: [next.jwk] })
  const again = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
  // As the suite does, for a minute in which nobody's keys are asked for again; by the clock alone.
  const { now } = Date
  try {
    Date.now = () => now() + 61_000
    expect((await token(again, next)).status).toBe(200)
    expect((await token(again, old)).status).toBe(401)
  } finally {
    Date.now = now
  }
})

test('an initial access token is needed, and it sets the bounds', async () => {
  for (const token of ['', 'x'.repeat(43)]) expect((await register({}, token)).status).toBe(401)
  const inside = { redirect_uris: ['https://app.example/cb'] }
  expect((await registered(inside, narrowToken)).scope).toBe('openid email')
  expect((await register({}, narrowToken)).json().error).toBe('invalid_redirect_uri')
  const refreshing = { ...inside, grant_types: ['authorization_code', 'refresh_token'] }
  expect((await register(refreshing, narrowToken)).json().error).toBe('invalid_client_metadata')
  // Its own policy asks for PKCE.
  const client = await registered(inside, narrowToken)
  const answer = await createHttpBrowser().get(
    `${running.issuer}/auth?${new URLSearchParams({ client_id: client.client_id, redirect_uri: 'https://app.example/cb', response_type: 'code', scope: 'openid' })}`,
  )
  expect(new URL(answer.location ?? 'none:').searchParams.get('error')).toBe('invalid_request')
})

test('a token whose policy is gone, or that never had one, is good for nothing', async () => {
  const { grants } = running.pias.store
  const now = Math.floor(Date.now() / 1000)
  for (const policies of [['gone'], [], undefined]) {
    const payload = {
      kind: 'InitialAccessToken',
      jti: 'left-over',
      iat: now,
      exp: now + 60,
      ...(policies && { policies }),
    }
    await grants.upsert('InitialAccessToken', 'left-over', payload, 60, {})
    expect((await register({}, 'left-over')).status).toBe(401)
  }
})

describe('where a policy says implicit, as the plan for dynamic providers wants it', () => {
  const native = { application_type: 'native', grant_types: ['implicit'] }
  const idToken = { ...native, response_types: ['id_token'] }
  const both = { ...native, response_types: ['id_token token'] }

  /** What is in the fragment of the answer. */
  const fragmentOf = async (client: Registered, more: Record<string, string | undefined>) => {
    const { answers, request } = await suiteOf(client).authorize(more)
    const location = new URL(answers.at(-1)?.location ?? 'none:')
    return {
      nonce: request.get('nonce'),
      query: location.search,
      ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
    } as Record<string, string>
  }

  test('oidcc-discovery-endpoint-verification', async () => {
    const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
    expect(metadata.response_types_supported).toEqual(['code', 'id_token', 'id_token token'])
    expect(metadata.grant_types_supported).toEqual(expect.arrayContaining(['authorization_code', 'implicit']))
    expect(metadata.response_modes_supported).toEqual(['query', 'form_post', 'fragment'])
    expect(metadata.registration_endpoint).toBe(`${running.issuer}/reg`)
    expect(metadata.id_token_signing_alg_values_supported).toContain('RS256')
  })

  test('an ID token comes in the fragment, for the nonce of the request, and nothing else', async () => {
    const client = await registered(idToken, implicitToken)
    const answer = await fragmentOf(client, { response_type: 'id_token' })
    expect(Object.keys(answer).sort()).toEqual(['id_token', 'nonce', 'query', 'state'])
    expect([answer.query, claimsOf(answer.id_token ?? '')]).toEqual([
      '',
      expect.objectContaining({ nonce: answer.nonce, aud: client.client_id }),
    ])
    const without = await fragmentOf(client, { response_type: 'id_token', nonce: undefined })
    expect(without.error).toBe('invalid_request')
  })

  test('an access token beside it is bound to it, and good for userinfo', async () => {
    const client = await registered(both, implicitToken)
    const answer = await fragmentOf(client, { response_type: 'id_token token', scope: 'openid offline_access' })
    expect(answer).not.toHaveProperty('refresh_token')
    const { access_token: accessToken = '', id_token: token = '' } = answer
    const half = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
    expect(claimsOf(token).at_hash).toBe(half)
    expect((await userinfo(running, createHttpBrowser(), accessToken)).json()).toEqual({ sub: claimsOf(token).sub })
  })

  test('every other client has the code flow alone, and files cannot ask for more', async () => {
    const code = await registered({}, implicitToken)
    expect((await fragmentOf(code, { response_type: 'id_token' })).error).toBe('invalid_request')
    expect((await register(idToken, suiteToken)).json().error).toBe('invalid_client_metadata')
    const file = {
      ...idToken,
      client_id: 'file',
      client_name: 'File',
      redirect_uris: [REDIRECT_URI],
      pias_implicit: true,
      token_endpoint_auth_method: 'none',
    }
    const { error } = createClientFileSchema('development').safeParse(file) as {
      error?: { issues: { path: unknown[] }[] }
    }
    expect(error?.issues.map(({ path }) => path)).toEqual([['pias_implicit']])
  })

  test('an app that gets ID tokens is told of the logout, too', async () => {
    const client = await registered({ ...idToken, backchannel_logout_uri: home('/logout') }, implicitToken)
    const { browser, answers } = await suiteOf(client).authorize({ response_type: 'id_token' })
    expect(answers.at(-1)?.location).toContain('#id_token=')
    const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const jobs = startJobs(running.pias.jobs, { logger: silent })
    const page = await browser.get(`${running.issuer}/session/end`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    await until(() => published.has('/logout called'))
    await jobs.stop()
  })
})

describe('management', () => {
  test('the client reads what it registered, without its secret', async () => {
    const client = await registered()
    const answer = await call('GET', client.registration_client_uri, client.registration_access_token)
    const { client_secret: _secret, registration_access_token: _token, ...rest } = client
    expect(answer.json()).toMatchObject(rest)
    expect(answer.json()).not.toHaveProperty('client_secret')
  })

  test('changes it within the same policy, keeps its secret, and gets another token', async () => {
    const client = await registered()
    const { registration_client_uri: uri, registration_access_token: token, client_id } = client
    const change = { client_id, client_name: 'Renamed', redirect_uris: [REDIRECT_URI], scope: 'openid email' }
    expect((await call('PUT', uri, token, { ...change, scope: 'openid customer' })).status).toBe(400)
    const answer = await call('PUT', uri, token, change)
    expect([answer.status, answer.json().client_name, answer.json().scope]).toEqual([200, 'Renamed', 'openid email'])
    expect(answer.json()).not.toHaveProperty('client_secret')
    expect((await call('GET', uri, token)).status).toBe(401)
    expect((await call('GET', uri, `${answer.json().registration_access_token}`)).status).toBe(200)
    expect((await suiteOf(client).logIn()).claims.aud).toBe(client_id)
    expect((await running.pias.store.clients.find(client_id))?.version).toBe(2)
  })

  /** An admin changes what is stored of a client. */
  const adminSets = async ({ client_id }: Registered, fields: object): Promise<boolean> => {
    const { clients } = running.pias.store
    const before = await clients.find(client_id)
    if (before === undefined) throw new Error('no such client')
    const metadata = { ...(before.metadata as object), ...fields }
    return clients.put({ ...before, version: before.version + 1, metadata }, [])
  }
  const storedOf = async ({ client_id }: Registered) =>
    (await running.pias.store.clients.find(client_id))?.metadata as Record<string, unknown>
  /** Changes itself to what it registered, and more. */
  const change = (client: Registered, more: object = {}, token = client.registration_access_token) => {
    const { client_id, redirect_uris } = client
    return call('PUT', client.registration_client_uri, token, { client_id, redirect_uris, ...more })
  }

  test('what admins set stays when the app changes itself: it neither sets nor takes away any of it', async () => {
    const client = await registered()
    const ofAdmins = { pias_lifetimes: { accessToken: 60 }, pias_minimum_acr: 'urn:pias:acr:advanced' }
    const more = { pias_help_uri: 'https://help.example/', pias_single_sign_on: false, pias_first_party: true }
    await adminSets(client, { ...ofAdmins, ...more, pias_pkce_required: true })
    const own = { pias_lifetimes: null, pias_minimum_acr: '', pias_help_uri: 'https://evil.example/', pias_origins: [] }
    const answer = await change(client, { ...own, pias_pkce_required: false, client_name: 'Renamed' })
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.json()).filter(field => field.startsWith('pias_'))).toEqual([])
    const stored = await storedOf(client)
    // Nobody makes it PIAS's own app while it manages itself.
    expect(stored).toMatchObject({ ...ofAdmins, ...more, pias_first_party: false, pias_pkce_required: true })
    expect(stored).toMatchObject({ client_name: 'Renamed' })
    expect(stored).not.toHaveProperty('pias_origins')
    // What admins took away is gone.
    await adminSets(client, { pias_lifetimes: undefined, pias_pkce_required: false })
    const again = `${answer.json().registration_access_token}`
    expect((await change(client, {}, again)).status).toBe(200)
    expect(await storedOf(client)).not.toHaveProperty('pias_lifetimes')
    expect(await storedOf(client)).toMatchObject({ pias_minimum_acr: ofAdmins.pias_minimum_acr })
  })

  test('the implicit flow that an admin took away does not come back, and is refused to who asks for it', async () => {
    const native = { application_type: 'native' }
    const implicit = {
      ...native,
      response_types: ['code', 'id_token'],
      grant_types: ['authorization_code', 'implicit'],
    }
    const client = await registered(implicit, implicitToken)
    expect(await storedOf(client)).toMatchObject({ pias_implicit: true })
    // As long as nobody took it away it stays.
    const kept = await change(client, implicit)
    expect([kept.status, (await storedOf(client)).pias_implicit]).toEqual([200, true])
    const code = { response_types: ['code'], grant_types: ['authorization_code'] }
    await adminSets(client, { ...code, pias_implicit: undefined })
    const refused = await change(client, implicit, `${kept.json().registration_access_token}`)
    expect([refused.status, refused.json().error]).toEqual([400, 'invalid_client_metadata'])
    const answer = await change(
      client,
      { ...native, client_name: 'Renamed' },
      `${kept.json().registration_access_token}`,
    )
    expect(answer.status).toBe(200)
    expect(await storedOf(client)).toMatchObject({ ...code, client_name: 'Renamed' })
    expect(await storedOf(client)).not.toHaveProperty('pias_implicit')
  })

  test('its tokens stay as short as an admin made them', async () => {
    const client = await registered()
    await adminSets(client, { pias_lifetimes: { accessToken: 60 } })
    expect((await change(client)).status).toBe(200)
    expect((await suiteOf(client).logIn()).tokens.expires_in).toBe(60)
  })

  test('opaque tokens, which an admin gave it, are not for APIs that only read tokens themselves', async () => {
    const client = await registered({ scope: 'openid asks:read' }, await initialAccessToken('apis'))
    await adminSets(client, { pias_access_token_format: 'opaque' })
    // With no scope it would have those of its policy.
    for (const more of [{ scope: 'openid silent:read' }, {}]) {
      const refused = await change(client, more)
      expect([refused.status, refused.json().error]).toEqual([400, 'invalid_client_metadata'])
      expect(refused.json().error_description).toMatch(
        /^scope needs an API that introspects, and https:\/\/silent\.example/,
      )
    }
    expect(await storedOf(client)).toMatchObject({ scope: 'openid asks:read' })
    expect((await change(client, { scope: 'openid asks:read', client_name: 'Renamed' })).status).toBe(200)
    expect(await storedOf(client)).toMatchObject({ pias_access_token_format: 'opaque', client_name: 'Renamed' })
  })

  test('in a sector that an admin gave, it changes itself with what it read', async () => {
    const client = await registered()
    await adminSets(client, { subject_type: 'pairwise', pias_sector: 'partners' })
    await until(async () => {
      const read = await call('GET', client.registration_client_uri, client.registration_access_token)
      return read.json().subject_type === 'pairwise'
    })
    const read = await call('GET', client.registration_client_uri, client.registration_access_token)
    expect(read.json()).not.toHaveProperty('sector_identifier_uri')
    expect((await change(client, { subject_type: 'public' })).status).toBe(400)
    expect((await change(client)).status).toBe(200)
    expect(await storedOf(client)).toMatchObject({ subject_type: 'pairwise', pias_sector: 'partners' })
  })

  test('what an admin sets while the app changes itself is not lost', async () => {
    const client = await registered()
    published.set('/slow.json', [REDIRECT_URI])
    meanwhile.set('/slow.json', () => adminSets(client, { pias_minimum_acr: 'urn:pias:acr:advanced' }))
    const answer = await change(client, { subject_type: 'pairwise', sector_identifier_uri: home('/slow.json') })
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request'])
    expect(await storedOf(client)).toMatchObject({ pias_minimum_acr: 'urn:pias:acr:advanced' })
  })

  test('one that an admin disabled or removed changes nothing, nor comes back', async () => {
    for (const state of ['disabled', 'removed'] as const) {
      const client = await registered()
      const stored = await running.pias.store.clients.find(client.client_id)
      if (stored === undefined) throw new Error('no such client')
      await running.pias.store.clients.put({ ...stored, version: 2, state }, [])
      // At once, when the node may still know it as it was.
      expect((await change(client)).status).toBeGreaterThanOrEqual(400)
      expect(await running.pias.store.clients.find(client.client_id)).toMatchObject({ state, version: 2 })
    }
  })

  test('takes itself away: nobody logs in there any more, and the id never comes back', async () => {
    const client = await registered()
    const { registration_client_uri: uri, registration_access_token: token, client_id } = client
    expect((await call('DELETE', uri, token)).status).toBe(204)
    const [answer] = (await suiteOf(client).authorize()).answers
    expect([answer?.status, appAnswer(answer)]).toEqual([400, {}])
    expect(await running.pias.store.clients.find(client_id)).toMatchObject({ state: 'removed', secrets: [] })
    expect((await call('GET', uri, token)).status).toBe(401)
  })

  test('nobody manages another client, or one that is a file', async () => {
    const [one, other] = [await registered(), await registered()]
    expect((await call('DELETE', other.registration_client_uri, one.registration_access_token)).status).toBe(401)
    const file = `${running.issuer}/reg/test-app`
    expect((await call('DELETE', file, other.registration_access_token)).status).toBe(401)
  })

  test('each step is in the audit trail', async () => {
    const client = await registered()
    await call('DELETE', client.registration_client_uri, client.registration_access_token)
    const events = await running.pias.store.audit.list({ after: 0, limit: 500 })
    expect(events.filter(({ clientId }) => clientId === client.client_id).map(({ type }) => type)).toEqual([
      'client.created',
      'client.removed',
    ])
    expect(events.map(({ type }) => type)).toContain('client.initial-access-token')
  })
})

test('without policies there is no registration', async () => {
  const without = await startPias()
  try {
    expect((await call('POST', `${without.issuer}/reg`, suiteToken, {})).status).toBe(404)
    const metadata = (await createHttpBrowser().get(`${without.issuer}/.well-known/openid-configuration`)).json()
    expect(metadata).not.toHaveProperty('registration_endpoint')
  } finally {
    await without.close()
  }
})
