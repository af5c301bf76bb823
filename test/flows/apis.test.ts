import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { AUTHOR } from '#test/support/author.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** Tokens for APIs (RFC 8707, 9068), and what APIs do with them (RFC 7662, 8693). Everything here is synthetic. */
const INVOICES = 'https://invoices.example/'
const USAGE = 'https://usage.example/'
const PLAIN = 'https://plain.example/v1'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

const scope = (name: string) => ({ name, description: { nl: name, fr: name, de: name, en: name } })
const APIS = [
  {
    audience: INVOICES,
    name: 'Invoices',
    scopes: [scope('invoices:read'), scope('invoices:pay')],
    clients: ['invoices-api'],
  },
  {
    audience: USAGE,
    name: 'Usage',
    scopes: [scope('usage:read'), scope('usage:reset'), { ...scope('usage:private'), consent: 'health' }],
    clients: ['usage-api'],
    exchanges: [{ audience: INVOICES, scopes: ['usage:read', 'usage:private'] }],
  },
  {
    audience: PLAIN,
    name: 'Plain',
    scopes: [scope('plain:read')],
    access_token_format: 'opaque',
    clients: ['plain-api'],
  },
]

const machine = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `Synthetic ${id}`,
  client_secret: `synthetic secret of ${id}`,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: [EXCHANGE],
  ...more,
})
const SCOPES = 'openid profile offline_access invoices:read invoices:pay plain:read'
const APP = { ...TEST_CLIENT, client_id: 'api-app', scope: SCOPES }
const SECTOR_APP = { ...APP, client_id: 'sector-app', subject_type: 'pairwise', pias_sector: 'one' }
const JOB = machine('job', { grant_types: ['client_credentials'], scope: 'invoices:read' })
/** Its tokens are opaque, whatever the APIs say. */
const OPAQUE_APP = { ...APP, client_id: 'opaque-app', pias_access_token_format: 'opaque' }
const OPAQUE_JOB = { ...JOB, client_id: 'opaque-job', pias_access_token_format: 'opaque' }
const CLIENTS = [
  APP,
  SECTOR_APP,
  JOB,
  OPAQUE_APP,
  OPAQUE_JOB,
  ...['invoices-api', 'usage-api', 'plain-api'].map(id => machine(id)),
]

let ahead = 0
let running: RunningPias
beforeAll(async () => {
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  for (const [index, api] of APIS.entries()) writeFileSync(join(apisDir, `${index}.json`), JSON.stringify(api))
  running = await startPias({ clients: CLIENTS, config: { apisDir }, clock: () => Date.now() + ahead })
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

const outcome = (answer: Answer) => [answer.status, answer.json().error]

/** Posts as a client with a secret. */
const post = (path: string, id: string, form: Record<string, string>): Promise<Answer> => {
  const secret = CLIENTS.find(client => client.client_id === id)?.client_secret ?? ''
  const basic = Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')
  return createHttpBrowser().post(`${running.issuer}${path}`, form, {
    accept: 'application/json',
    authorization: `Basic ${basic}`,
  })
}

const introspect = (id: string, token: string) => post('/token/introspection', id, { token })

/** Logs in for an API; `form` goes to the token endpoint. */
const tokensFor = async (
  resource: string,
  scopes: string,
  client: { client_id: string; client_secret?: string } = APP,
): Promise<Tokens & { scope: string; expires_in: number; browser: HttpBrowser }> => {
  const app = createTestApp(running, client, scopes)
  const browser = createHttpBrowser()
  const request = app.authorize({ resource })
  const answers = await logIn(browser, request.url, 'lotte')
  const code = new URL(answers.at(-1)?.location ?? 'none:').searchParams.get('code') ?? ''
  const answer = await app.token(browser, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: app.redirectUri,
    code_verifier: request.verifier,
    resource,
  })
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
  return { ...answer.json<Tokens & { scope: string; expires_in: number }>(), browser }
}

const verify = (token: string, audience: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${running.issuer}/jwks`)), {
    issuer: running.issuer,
    audience,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })

describe('a token for a registered API', () => {
  test('is a JSON web token of five minutes that says who, how and what for (RFC 9068)', async () => {
    const tokens = await tokensFor(INVOICES, 'openid invoices:read')
    const { payload } = await verify(tokens.access_token, INVOICES)
    expect(payload).toMatchObject({
      client_id: APP.client_id,
      scope: 'invoices:read',
      acr: 'urn:pias:acr:basic',
      sub: claimsOf(tokens.id_token).sub,
      jti: expect.any(String),
    })
    expect([tokens.expires_in, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([300, 300])
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
    for (const claim of ['name', 'email', 'customer_accounts']) expect(payload).not.toHaveProperty(claim)
  })

  test('is opaque where the API says so', async () => {
    const tokens = await tokensFor(PLAIN, 'openid plain:read')
    expect(tokens.access_token).not.toContain('.')
    expect([tokens.expires_in, tokens.scope]).toEqual([600, 'plain:read'])
  })

  test('is opaque where the app says so, introspected by its API alone, exchanged there, and ended at once', async () => {
    const tokens = await tokensFor(INVOICES, 'openid invoices:read', OPAQUE_APP)
    expect(tokens.access_token).not.toContain('.')
    expect([tokens.expires_in, tokens.scope]).toEqual([600, 'invoices:read'])
    expect((await introspect('plain-api', tokens.access_token)).json()).toEqual({ active: false })
    expect((await introspect('invoices-api', tokens.access_token)).json()).toMatchObject({
      active: true,
      client_id: 'opaque-app',
      aud: INVOICES,
      scope: 'invoices:read',
    })
    const called = await post('/token', 'invoices-api', {
      grant_type: EXCHANGE,
      subject_token: tokens.access_token,
      subject_token_type: ACCESS_TOKEN,
      resource: USAGE,
      scope: 'usage:read',
    })
    expect((await verify(called.json<Tokens>().access_token, USAGE)).payload).toMatchObject({
      act: { sub: 'invoices-api' },
    })
    await post('/token/revocation', 'opaque-app', { token: tokens.access_token })
    expect((await introspect('invoices-api', tokens.access_token)).json()).toEqual({ active: false })
  })

  test('is opaque for a machine that says so', async () => {
    const form = { grant_type: 'client_credentials', resource: INVOICES, scope: 'invoices:read' }
    const { access_token: token } = (await post('/token', 'opaque-job', form)).json<Tokens>()
    expect(token).not.toContain('.')
    expect((await introspect('invoices-api', token)).json()).toMatchObject({ active: true, client_id: 'opaque-job' })
  })

  test('is not for userinfo, and one for userinfo is for no API', async () => {
    for (const [audience, status] of [
      [INVOICES, 401],
      [PLAIN, 403],
    ] as const) {
      const { access_token: token } = await tokensFor(audience, 'openid invoices:read plain:read')
      expect((await userinfo(running, createHttpBrowser(), token)).status).toBe(status)
    }
    const app = createTestApp(running, APP, SCOPES)
    const browser = createHttpBrowser()
    const request = app.authorize({ resource: INVOICES })
    const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
    expect(tokens.access_token).not.toContain('.')
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
    expect((await introspect('invoices-api', tokens.access_token)).json()).toEqual({ active: false })
  })

  test('comes from a refresh token as well, for an API of the grant and for no other', async () => {
    const tokens = await tokensFor(INVOICES, 'openid offline_access invoices:read invoices:pay')
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    const narrow = await post('/token', APP.client_id, { ...form, resource: INVOICES, scope: 'invoices:read' })
    const { payload } = await verify(narrow.json<Tokens>().access_token, INVOICES)
    expect(payload).toMatchObject({ scope: 'invoices:read', acr: 'urn:pias:acr:basic' })
    expect(outcome(await post('/token', APP.client_id, { ...form, resource: PLAIN }))).toEqual([400, 'invalid_target'])
  })

  test.each([
    ['that nobody knows', 'https://unknown.example/'],
    ['with another spelling', 'https://invoices.example'],
    ['that this client may not call', USAGE],
    ['that is no URI', 'invoices'],
    ['with a fragment', `${INVOICES}#x`],
  ])('%s is invalid_target, at the app', async (_what, resource) => {
    const request = createTestApp(running, APP, SCOPES).authorize({ resource })
    expect(appAnswer(await createHttpBrowser().get(request.url))).toMatchObject({ error: 'invalid_target' })
  })

  test('holds no scope that the client’s file does not name', async () => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read usage:read')
    expect((await verify(token, INVOICES)).payload.scope).toBe('invoices:read')
  })

  test('is given to machines, for their scopes', async () => {
    const answer = await post('/token', 'job', {
      grant_type: 'client_credentials',
      resource: INVOICES,
      scope: 'invoices:read',
    })
    const { payload } = await verify(answer.json<Tokens>().access_token, INVOICES)
    expect(payload).toMatchObject({ sub: 'job', client_id: 'job', scope: 'invoices:read' })
    expect(payload).not.toHaveProperty('gid')
    const other = await post('/token', 'job', { grant_type: 'client_credentials', resource: USAGE })
    expect(outcome(other)).toEqual([400, 'invalid_target'])
    const more = { grant_type: 'client_credentials', resource: INVOICES, scope: 'invoices:pay openid' }
    expect((await post('/token', 'job', more)).json()).not.toHaveProperty('scope')
  })
})

describe('introspection', () => {
  test('tells the API that the token is for, and nobody else', async () => {
    const { access_token: token, id_token: idToken } = await tokensFor(PLAIN, 'openid plain:read')
    expect((await introspect('plain-api', token)).json()).toMatchObject({
      active: true,
      aud: PLAIN,
      scope: 'plain:read',
      client_id: APP.client_id,
      sub: claimsOf(idToken).sub,
      acr: 'urn:pias:acr:basic',
    })
    for (const other of ['invoices-api', APP.client_id, 'job']) {
      expect([other, (await introspect(other, token)).json()]).toEqual([other, { active: false }])
    }
  })

  test('tells the subject of the app’s sector', async () => {
    const { access_token: token, id_token: idToken } = await tokensFor(PLAIN, 'openid plain:read', SECTOR_APP)
    expect((await introspect('plain-api', token)).json().sub).toBe(claimsOf(idToken).sub)
  })

  test('says no at once when the token is revoked, its login ended, or its account blocked', async () => {
    const active = async (token: string) => (await introspect('plain-api', token)).json().active
    const revoked = await tokensFor(PLAIN, 'openid plain:read')
    expect((await post('/token/revocation', APP.client_id, { token: revoked.access_token })).status).toBe(200)
    expect(await active(revoked.access_token)).toBe(false)
    const access = createAccountAccess({ ...running.pias.store, clock: () => Date.now() + ahead })
    const ended = await tokensFor(PLAIN, 'openid plain:read')
    const id = claimsOf(ended.id_token).sub as AccountId
    await access.endLogins(id, AUTHOR)
    expect(await active(ended.access_token)).toBe(false)
    const blocked = await tokensFor(PLAIN, 'openid plain:read')
    expect(await active(blocked.access_token)).toBe(true)
    await access.block(id, AUTHOR)
    expect(await active(blocked.access_token)).toBe(false)
    await access.unblock(id, AUTHOR)
  })

  test('says no at once when the account was merged into another', async () => {
    const { store } = running.pias
    const clock = () => Date.now() + ahead
    const { access_token: token, id_token: idToken } = await tokensFor(PLAIN, 'openid plain:read')
    const active = async () => (await introspect('plain-api', token)).json().active
    const into = 'another-account' as AccountId
    await store.accounts.open({
      account: { id: into, createdAt: clock(), updatedAt: clock(), claims: {} },
      identity: { issuer: 'https://other.example', clientId: 'x', subject: 'another' },
      customers: [],
      events: [],
    })
    const changes = createLinkChanges({ ...store, clock, newAccountId: () => 'none' as AccountId })
    const why = { by: 'admin-1', reason: 'a synthetic reason' }
    const account = claimsOf(idToken).sub as AccountId
    const asked = await changes.request({ kind: 'merge', account, into }, why)
    if (asked.kind !== 'proposed') throw new Error('a merge is proposed first')
    expect(await active()).toBe(true)
    expect(await changes.approve(asked.change.id, 'admin-2')).toMatchObject({ kind: 'done' })
    expect(await active()).toBe(false)
    expect(await changes.request({ kind: 'undo', change: asked.change.id }, why)).toMatchObject({ kind: 'done' })
  })

  test('of a refresh token, of rubbish and without authentication tells nothing', async () => {
    const { refresh_token: token } = await tokensFor(PLAIN, 'openid offline_access plain:read')
    for (const value of [token, 'rubbish', '__proto__', 'x'.repeat(5000)]) {
      expect((await introspect('plain-api', value)).json()).toEqual({ active: false })
    }
    const answer = await createHttpBrowser().post(
      `${running.issuer}/token/introspection`,
      { token },
      { accept: 'application/json' },
    )
    expect(outcome(answer)).toEqual([400, 'invalid_request'])
    expect(outcome(await post('/token/introspection', 'plain-api', {}))).toEqual([400, 'invalid_request'])
  })

  test('and revocation of a JSON web token say that they do not do that', async () => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read')
    expect(outcome(await introspect('invoices-api', token))).toEqual([400, 'unsupported_token_type'])
    expect(outcome(await post('/token/revocation', APP.client_id, { token }))).toEqual([400, 'unsupported_token_type'])
  })

  test('a client revokes its own tokens only', async () => {
    const { access_token: token } = await tokensFor(PLAIN, 'openid plain:read')
    await post('/token/revocation', 'invoices-api', { token })
    expect((await introspect('plain-api', token)).json().active).toBe(true)
  })
})

describe('token exchange', () => {
  const exchange = (id: string, form: Record<string, string>) =>
    post('/token', id, { grant_type: EXCHANGE, subject_token_type: ACCESS_TOKEN, resource: USAGE, ...form })

  test('gets the API a token for the other API, about the same person, with itself as actor', async () => {
    const { access_token: token, id_token: idToken } = await tokensFor(INVOICES, 'openid invoices:read')
    const answer = await exchange('invoices-api', { subject_token: token, scope: 'usage:read' })
    expect(answer.json()).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', scope: 'usage:read' })
    const { payload } = await verify(answer.json<Tokens>().access_token, USAGE)
    expect(payload).toMatchObject({
      sub: claimsOf(idToken).sub,
      client_id: 'invoices-api',
      scope: 'usage:read',
      act: { sub: 'invoices-api' },
    })
    expect(payload.exp).toBeLessThanOrEqual(Number(claimsOf(token).exp))
    expect(answer.json()).not.toHaveProperty('refresh_token')
  })

  test('takes `audience` for `resource`', async () => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read')
    const form = { grant_type: EXCHANGE, subject_token_type: ACCESS_TOKEN, subject_token: token, scope: 'usage:read' }
    expect((await post('/token', 'invoices-api', { ...form, audience: USAGE })).status).toBe(200)
    expect(outcome(await post('/token', 'invoices-api', { ...form, audience: USAGE, resource: INVOICES }))).toEqual([
      400,
      'invalid_target',
    ])
    expect(outcome(await post('/token', 'invoices-api', form))).toEqual([400, 'invalid_target'])
  })

  test('is refused to everybody but the API that the token is for', async () => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read')
    for (const id of ['usage-api', 'plain-api']) {
      expect([id, ...outcome(await exchange(id, { subject_token: token, scope: 'usage:read' }))]).toEqual([
        id,
        400,
        'invalid_request',
      ])
    }
    expect(outcome(await exchange(APP.client_id, { subject_token: token }))).toEqual([400, 'unauthorized_client'])
  })

  test.each([
    ['a scope that the rule does not name', { scope: 'usage:reset' }, 'invalid_scope'],
    ['data on health without consent', { scope: 'usage:private' }, 'invalid_scope'],
    ['all scopes of the rule, one of which needs consent', {}, 'invalid_scope'],
    ['an API that it may not call', { resource: PLAIN, scope: 'plain:read' }, 'invalid_target'],
    ['its own API', { resource: INVOICES, scope: 'invoices:pay' }, 'invalid_target'],
    ['an API that is not there', { resource: 'https://unknown.example/' }, 'invalid_target'],
    [
      'another type of token',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    [
      'with another type of token',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      'invalid_request',
    ],
    ['for another actor', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
  ])('for %s is refused', async (_what, form, error) => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read')
    expect(outcome(await exchange('invoices-api', { subject_token: token, ...form }))).toEqual([400, error])
  })

  test('of what is no access token of a person for this API is refused, and it is not told what is wrong', async () => {
    const good = await tokensFor(INVOICES, 'openid offline_access invoices:read')
    const job = await post('/token', 'job', {
      grant_type: 'client_credentials',
      resource: INVOICES,
      scope: 'invoices:read',
    })
    const [header, payload, signature = ''] = good.access_token.split('.')
    const forged = { ...claimsOf(good.access_token), scope: 'everything' }
    const bad = {
      'an ID token': good.id_token,
      'a refresh token': good.refresh_token,
      'a machine’s token': job.json<Tokens>().access_token,
      'another signature': `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      'another payload': `${header}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`,
      'no signature': `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`,
      rubbish: 'a.b.c',
      'one that is opaque': (await tokensFor(PLAIN, 'openid plain:read')).access_token,
    }
    for (const [what, token] of Object.entries(bad)) {
      const answer = await exchange('invoices-api', { subject_token: token, scope: 'usage:read' })
      expect([what, ...outcome(answer)]).toEqual([what, 400, 'invalid_request'])
      expect([what, answer.json().error_description]).toEqual([what, expect.stringContaining('not an access token')])
    }
    expect(outcome(await exchange('invoices-api', { scope: 'usage:read' }))).toEqual([400, 'invalid_request'])
  })

  test('ends with the grant and with the account’s logins, though the token itself lives on', async () => {
    const revoked = await tokensFor(INVOICES, 'openid offline_access invoices:read')
    await post('/token/revocation', APP.client_id, { token: revoked.refresh_token })
    const form = { subject_token: revoked.access_token, scope: 'usage:read' }
    expect(outcome(await exchange('invoices-api', form))).toEqual([400, 'invalid_request'])
    const ended = await tokensFor(INVOICES, 'openid invoices:read')
    const access = createAccountAccess({ ...running.pias.store, clock: () => Date.now() + ahead })
    await access.endLogins(claimsOf(ended.id_token).sub as AccountId, AUTHOR)
    expect(outcome(await exchange('invoices-api', { ...form, subject_token: ended.access_token }))).toEqual([
      400,
      'invalid_request',
    ])
  })

  test('goes on from API to API, and says for whom', async () => {
    const { access_token: token } = await tokensFor(INVOICES, 'openid invoices:read')
    const first = await exchange('invoices-api', { subject_token: token, scope: 'usage:read' })
    // No rule lets Usage call anybody.
    const second = await exchange('usage-api', { subject_token: first.json<Tokens>().access_token, resource: INVOICES })
    expect(outcome(second)).toEqual([400, 'invalid_target'])
  })
})
