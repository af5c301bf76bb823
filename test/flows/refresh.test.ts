import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, REDIRECT_URI, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import type { PlainRelyingParty } from '#test/support/relying-party.ts'
import { PATIENT, slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** Refresh tokens: rotation, reuse, lost answers, keys they are bound to, and how long a chain lives (ADR 0027). */
const PUBLIC = {
  client_id: 'public-app',
  client_name: 'Synthetic public app',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT_URI],
  scope: TEST_CLIENT.scope,
}
const BOUND = { ...PUBLIC, client_id: 'bound-app', dpop_bound_access_tokens: true }
const DAY_MS = 24 * 3600 * 1000

let ahead = 0
let running: RunningPias
beforeAll(async () => {
  running = await startPias({ config: PATIENT, clock: () => Date.now() + ahead, clients: [PUBLIC, BOUND] })
  slowDownStore(running.pias.store)
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

const sixteen = <Result>(work: () => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 16 }, work))

const outcome = (answer: Answer): unknown[] => [answer.status, answer.json().error]

const begin = async (client: { client_id: string; client_secret?: string } = PUBLIC, prepare = logIn) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const answers = await prepare(browser, request.url, 'lotte')
  return { app, browser, request, answers }
}

const firstTokens = async (client: { client_id: string; client_secret?: string } = PUBLIC) => {
  const { app, browser, request, answers } = await begin(client)
  return { app, browser, tokens: await redeem(app, browser, answers, request) }
}

const refresh = (app: PlainRelyingParty, browser: HttpBrowser, token: string) =>
  app.token(browser, { grant_type: 'refresh_token', refresh_token: token })

/** Every answer is a 200 with the same refresh token, and an access token that works. */
const expectOneSuccessor = async (browser: HttpBrowser, answers: readonly Answer[]): Promise<string> => {
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const tokens = answers.map(answer => answer.json<Tokens>())
  expect(new Set(tokens.map(one => one.refresh_token)).size).toBe(1)
  for (const { access_token } of tokens) expect((await userinfo(running, browser, access_token)).status).toBe(200)
  return tokens[0]?.refresh_token as string
}

const expectRevoked = async (app: PlainRelyingParty, browser: HttpBrowser, { access_token, refresh_token }: Tokens) => {
  expect((await userinfo(running, browser, access_token)).status).toBe(401)
  expect(outcome(await refresh(app, browser, refresh_token))).toEqual([400, 'invalid_grant'])
}

describe('a token that rotates', () => {
  test('16 parallel refreshes get one successor, which works', async () => {
    const { app, browser, tokens } = await firstTokens()
    const answers = await sixteen(() => refresh(app, browser, tokens.refresh_token))
    const next = await expectOneSuccessor(browser, answers)
    expect(next).not.toBe(tokens.refresh_token)
    expect((await refresh(app, browser, next)).status).toBe(200)
  })

  test('a lost answer is given again within 10 s, with the same successor', async () => {
    const { app, browser, tokens } = await firstTokens()
    const first = await refresh(app, browser, tokens.refresh_token)
    ahead = 9000
    await expectOneSuccessor(browser, [first, await refresh(app, browser, tokens.refresh_token)])
  })

  test('also when the one who spent it died before it wrote the successor', async () => {
    const { app, browser, tokens } = await firstTokens()
    await running.pias.store.grants.consume('RefreshToken', tokens.refresh_token)
    expect((await refresh(app, browser, tokens.refresh_token)).status).toBe(200)
  })

  test('after 10 s it is reuse and ends everything', async () => {
    const { app, browser, tokens } = await firstTokens()
    const next = (await refresh(app, browser, tokens.refresh_token)).json<Tokens>()
    ahead = 10_001
    expect(outcome(await refresh(app, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    await expectRevoked(app, browser, next)
  })

  test('once its successor was used it is good for nothing: within 2 s that is a straggler, then it ends everything', async () => {
    const { app, browser, tokens } = await firstTokens()
    const second = (await refresh(app, browser, tokens.refresh_token)).json<Tokens>()
    const third = (await refresh(app, browser, second.refresh_token)).json<Tokens>()
    expect(outcome(await refresh(app, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(running, browser, third.access_token)).status).toBe(200)
    ahead = 2500
    expect(outcome(await refresh(app, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    await expectRevoked(app, browser, third)
  })

  test('16 thieves with a token that was used long ago get nothing, and the owner learns it', async () => {
    const { app, browser, tokens } = await firstTokens()
    const next = (await refresh(app, browser, tokens.refresh_token)).json<Tokens>()
    ahead = 60_000
    const answers = await sixteen(() => refresh(app, browser, tokens.refresh_token))
    expect(answers.map(outcome)).toEqual(answers.map(() => [400, 'invalid_grant']))
    await expectRevoked(app, browser, next)
  })

  test('of another client is refused and stays good', async () => {
    const { app, browser, tokens } = await firstTokens()
    const other = createTestApp(running)
    expect(outcome(await refresh(other, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await refresh(app, browser, tokens.refresh_token)).status).toBe(200)
  })

  test('a revoked successor does not come back to life', async () => {
    const { app, browser, tokens } = await firstTokens()
    const { refresh_token: next } = (await refresh(app, browser, tokens.refresh_token)).json<Tokens>()
    const form = { token: next, client_id: PUBLIC.client_id }
    expect((await browser.post(`${running.issuer}/token/revocation`, form)).status).toBe(200)
    expect(outcome(await refresh(app, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    expect(outcome(await refresh(app, browser, next))).toEqual([400, 'invalid_grant'])
  })

  test('a confidential client keeps its token while much of its life is left', async () => {
    const { app, browser, tokens } = await firstTokens(TEST_CLIENT)
    const answers = await sixteen(() => refresh(app, browser, tokens.refresh_token))
    expect(await expectOneSuccessor(browser, answers)).toBe(tokens.refresh_token)
  })
})

describe('a token that is bound to a key (DPoP, RFC 9449)', () => {
  type Keys = { privateKey: KeyObject; publicKey: KeyObject }
  const makeKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const proof = async ({ privateKey, publicKey }: Keys, path: string, method = 'POST', accessToken?: string) => ({
    dpop: await new SignJWT({
      htm: method,
      htu: `${running.issuer}${path}`,
      jti: randomUUID(),
      ...(accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey),
    accept: 'application/json',
  })
  const post = async (browser: HttpBrowser, keys: Keys | undefined, form: Record<string, string>) =>
    browser.post(
      `${running.issuer}/token`,
      { client_id: BOUND.client_id, ...form },
      keys === undefined ? { accept: 'application/json' } : await proof(keys, '/token'),
    )

  const boundTokens = async () => {
    const keys = makeKeys()
    const { browser, request, answers } = await begin(BOUND)
    const code = new URL(answers.at(-1)?.location ?? '').searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: request.verifier }
    expect(outcome(await post(browser, undefined, form))).toEqual([400, 'invalid_grant'])
    const answer = await post(browser, keys, form)
    expect([answer.status, answer.json().token_type]).toEqual([200, 'DPoP'])
    return { browser, keys, tokens: answer.json<Tokens>() }
  }
  const refreshWith = (browser: HttpBrowser, keys: Keys | undefined, token: string) =>
    post(browser, keys, { grant_type: 'refresh_token', refresh_token: token })

  test('does not rotate, serves 16 parallel refreshes, and no other key', async () => {
    const { browser, keys, tokens } = await boundTokens()
    const answers = await sixteen(() => refreshWith(browser, keys, tokens.refresh_token))
    expect(answers.map(answer => [answer.status, answer.json().refresh_token])).toEqual(
      answers.map(() => [200, tokens.refresh_token]),
    )
    expect(outcome(await refreshWith(browser, makeKeys(), tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    expect(outcome(await refreshWith(browser, undefined, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await refreshWith(browser, keys, tokens.refresh_token)).status).toBe(200)
  })

  test('brings access tokens that are worth nothing without the key', async () => {
    const { browser, keys, tokens } = await boundTokens()
    const { access_token: token } = (await refreshWith(browser, keys, tokens.refresh_token)).json<Tokens>()
    const headers = { ...(await proof(keys, '/me', 'GET', token)), authorization: `DPoP ${token}` }
    expect((await browser.get(`${running.issuer}/me`, headers)).status).toBe(200)
    // The same proof twice.
    expect((await browser.get(`${running.issuer}/me`, headers)).status).toBe(401)
    expect((await userinfo(running, browser, token)).status).toBe(401)
  })

  test('is prolonged when little of its life is left, and its grant with it', async () => {
    const { browser, keys, tokens } = await boundTokens()
    const { grants } = running.pias.store
    type Stored = { exp: number; grantId: string }
    const read = async (model: string, id: string) => (await grants.find(model, id))?.payload as Stored
    const before = await read('RefreshToken', tokens.refresh_token)
    const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
    await grants.upsert('RefreshToken', tokens.refresh_token, { ...before, exp: inSeconds(3600) }, 3600, before)
    await grants.upsert(
      'Grant',
      before.grantId,
      { ...(await read('Grant', before.grantId)), exp: inSeconds(7200) },
      7200,
      {},
    )
    expect((await refreshWith(browser, keys, tokens.refresh_token)).status).toBe(200)
    const after = await read('RefreshToken', tokens.refresh_token)
    expect(after.exp).toBeGreaterThan(inSeconds(13 * 24 * 3600))
    expect((await read('Grant', before.grantId)).exp).toBeGreaterThan(after.exp)
  })
})

describe('a chain', () => {
  test('ends after a year, however much it was used', async () => {
    const { app, browser, tokens } = await firstTokens()
    const { grants } = running.pias.store
    const stored = (await grants.find('RefreshToken', tokens.refresh_token))?.payload as {
      iiat: number
      grantId: string
    }
    const dayBeforeEnd = Math.floor((Date.now() - 364 * DAY_MS) / 1000)
    await grants.upsert('RefreshToken', tokens.refresh_token, { ...stored, iiat: dayBeforeEnd }, 3600, stored)
    const next = (await refresh(app, browser, tokens.refresh_token)).json<Tokens>()
    const last = (await grants.find('RefreshToken', next.refresh_token))?.payload as { exp: number }
    expect(last.exp * 1000 - Date.now()).toBeLessThanOrEqual(DAY_MS)
    expect(last.exp * 1000 - Date.now()).toBeGreaterThan(DAY_MS - 60_000)
  })

  test('needs offline_access, and outlives the session', async () => {
    const withoutIt = createTestApp(running, PUBLIC, 'openid profile')
    const browser = createHttpBrowser()
    const request = withoutIt.authorize()
    const answers = await logIn(browser, request.url, 'lotte')
    expect(await redeem(withoutIt, browser, answers, request)).not.toHaveProperty('refresh_token')
    const { app, browser: owner, tokens } = await firstTokens()
    const page = await owner.get(`${running.issuer}/session/end`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    await owner.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    expect((await refresh(app, owner, tokens.refresh_token)).status).toBe(200)
  })
})
