import { randomUUID } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { createFapiClient, createKey, type FapiClient } from '#test/support/fapi-client.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, REDIRECT_URI } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** Signed request objects by value (RFC 9101): at the authorization endpoint, and pushed. */
let running: RunningPias
let free: FapiClient
let bound: FapiClient
let fapi: FapiClient
beforeAll(async () => {
  const here = () => running
  free = await createFapiClient(here, 'jar-free')
  bound = await createFapiClient(here, 'jar-bound')
  fapi = await createFapiClient(here, 'jar-fapi')
  const plain = { pias_profile: undefined, pias_pkce_required: false }
  const required = { ...plain, require_signed_request_object: true, request_object_signing_alg: 'ES256' }
  running = await startPias({ clients: [free.file(plain), bound.file(required), fapi.file()] })
})
afterAll(() => running.close())

const now = () => Math.floor(Date.now() / 1000)
const IDS = { free: 'jar-free', bound: 'jar-bound', fapi: 'jar-fapi' }

type Changes = { claims?: Record<string, unknown>; header?: Record<string, unknown>; key?: FapiClient['key'] }

const objectOf = (who: FapiClient, id: string, { claims, header, key = who.key }: Changes = {}): Promise<string> => {
  const { parameters } = who.request()
  const payload = {
    ...parameters,
    iss: id,
    client_id: id,
    aud: running.issuer,
    nbf: now(),
    exp: now() + 300,
    ...claims,
  }
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: key.alg, kid: `${key.jwk.kid}`, typ: 'oauth-authz-req+jwt', ...header })
    .sign(key.privateKey)
}

const answerTo = async (request: string, id: string, more: Record<string, string> = {}) => {
  const query = { client_id: id, redirect_uri: REDIRECT_URI, response_type: 'code', request, ...more }
  return createHttpBrowser().get(`${running.issuer}/auth?${new URLSearchParams(query)}`)
}

test('a login with a request object: what is in it counts, what stands beside it does not', async () => {
  const state = randomUUID()
  const request = await objectOf(free, IDS.free, { claims: { state, scope: 'openid offline_access' } })
  const answers = await free.visit({ request, state: 'other', scope: 'openid email', response_type: 'code' })
  const { code, state: returned } = appAnswer(answers.at(-1))
  expect(returned).toBe(state)
  const form = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: REDIRECT_URI }
  // The challenge in the object binds, though this client may do without one.
  expect((await free.token(form)).json().error).toBe('invalid_grant')
})

test('offline_access in a request object stays', async () => {
  const { verifier, parameters } = free.request({ scope: 'openid offline_access' })
  const request = await objectOf(free, IDS.free, { claims: parameters })
  const { code = '' } = appAnswer((await free.visit({ request, response_type: 'code' })).at(-1))
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier }
  expect((await free.token(form)).json()).toMatchObject({ refresh_token: expect.any(String) })
})

test.each<[string, Changes]>([
  ['without an end', { claims: { exp: undefined } }],
  ['that ended', { claims: { exp: now() - 60 } }],
  ['that is good for a day', { claims: { exp: now() + 24 * 3600 } }],
  ['of tomorrow', { claims: { nbf: now() + 3600, exp: now() + 3700 } }],
  ['for somebody else', { claims: { aud: 'https://other.example' } }],
  ['for nobody', { claims: { aud: undefined } }],
  ['of another client', { claims: { iss: 'jar-bound' } }],
  ['about another client', { claims: { client_id: 'jar-bound' } }],
  ['within a request object', { claims: { request: 'x' } }],
  ['of another type', { header: { typ: 'at+jwt' } }],
])('a request object %s is refused at the app', async (_what, changes) => {
  const answer = appAnswer(await answerTo(await objectOf(free, IDS.free, changes), IDS.free))
  expect(answer).toMatchObject({ error: 'invalid_request_object', iss: running.issuer })
})

test('a request object that is not signed, by another key or with another algorithm is refused', async () => {
  const payload = { ...free.request().parameters, client_id: IDS.free, aud: running.issuer }
  for (const request of [
    new UnsecuredJWT(payload).setIssuer(IDS.free).setExpirationTime('1m').encode(),
    await objectOf(free, IDS.free, { key: await createKey() }),
    await objectOf(free, IDS.free, { key: await createKey('RS256') }),
    'x.y.z.a.b',
  ]) {
    expect(appAnswer(await answerTo(request, IDS.free)).error).toBe('invalid_request_object')
  }
})

test('a response mode that only the object names is refused in the query', async () => {
  const request = await objectOf(free, IDS.free, { claims: { response_mode: 'form_post' } })
  expect(appAnswer(await answerTo(request, IDS.free)).error).toBe('unsupported_response_mode')
})

test('an object that sends the answer elsewhere sends nobody there', async () => {
  const request = await objectOf(free, IDS.free, { claims: { redirect_uri: 'https://evil.example/' } })
  const answer = await answerTo(request, IDS.free)
  expect([answer.status, answer.location]).toEqual([400, undefined])
})

describe('a client whose file demands one', () => {
  test('is refused without, at the authorization endpoint and in a push', async () => {
    const [answer] = await bound.visit(bound.request().parameters)
    expect(appAnswer(answer).error).toBe('invalid_request')
    expect((await bound.push(bound.request().parameters)).json().error).toBe('invalid_request')
  })

  test('logs in with one that it pushed', async () => {
    const { verifier, parameters } = bound.request()
    const pushed = await bound.push({ request: await objectOf(bound, IDS.bound, { claims: parameters }) })
    const { code = '' } = appAnswer((await bound.visit({ request_uri: `${pushed.json().request_uri}` })).at(-1))
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier }
    expect((await bound.token(form)).status).toBe(200)
  })
})

test('under FAPI 2.0 an object begins at a moment, and is signed as the profile says', async () => {
  const push = async (changes: Changes) =>
    (await fapi.push({ request: await objectOf(fapi, IDS.fapi, changes) })).json()
  expect(await push({})).toMatchObject({ request_uri: expect.any(String) })
  expect(await push({ claims: { nbf: undefined } })).toMatchObject({ error: 'invalid_request_object' })
})
