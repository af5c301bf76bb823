import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, REDIRECT_URI, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import type { PlainRelyingParty } from '#test/support/relying-party.ts'
import { PATIENT, slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/**
 * Codes, refresh tokens and client assertions that are used more than once: double spend.
 * The clock of PIAS runs ahead of the machine's as far as a test says.
 */
const PUBLIC_CLIENT = {
  client_id: 'public-app',
  client_name: 'Synthetic public app',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT_URI],
  scope: TEST_CLIENT.scope,
}

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const assertionClient = async () => ({
  ...PUBLIC_CLIENT,
  client_id: 'assertion-app',
  client_name: 'Synthetic app with a key',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] },
})

const REUSE_AFTER_MS = 1100
let ahead = 0
let running: RunningPias
beforeAll(async () => {
  running = await startPias({
    config: PATIENT,
    clock: () => Date.now() + ahead,
    clients: [PUBLIC_CLIENT, await assertionClient()],
  })
  slowDownStore(running.pias.store)
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

const eight = <Result>(work: () => Promise<Result>): Promise<Result[]> => Promise.all(Array.from({ length: 8 }, work))

/** Exactly one 200; all others `400 invalid_grant`. @returns the tokens of the winner */
const oneWinner = (answers: readonly Answer[]): Tokens => {
  const outcomes = answers.map(answer => `${answer.status} ${answer.json().error ?? 'ok'}`).sort()
  expect(outcomes).toEqual(['200 ok', ...Array(answers.length - 1).fill('400 invalid_grant')])
  return answers.find(({ status }) => status === 200)?.json<Tokens>() as Tokens
}

const refresh = (app: PlainRelyingParty, browser: HttpBrowser, token: string) =>
  app.token(browser, { grant_type: 'refresh_token', refresh_token: token })

const outcome = (answer: Answer): unknown[] => [answer.status, answer.json().error]

const begin = async (client: { client_id: string; client_secret?: string } = TEST_CLIENT) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  return { app, browser, request, answers, callback: answers.at(-1)?.location ?? '' }
}

describe('8 parallel redemptions of one code', () => {
  test('one wins and its tokens work; the losers revoke nothing', async () => {
    const { app, browser, request, callback } = await begin()
    const tokens = oneWinner(await eight(() => app.redeem(browser, callback, request)))
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
    expect((await refresh(app, browser, tokens.refresh_token)).status).toBe(200)
  })

  test('a straggler within 1 s is refused and revokes nothing', async () => {
    const { app, browser, request, callback } = await begin()
    const tokens = oneWinner(await eight(() => app.redeem(browser, callback, request)))
    ahead = 500
    expect(outcome(await app.redeem(browser, callback, request))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
  })

  test('reuse after 1 s revokes the grant', async () => {
    const { app, browser, request, callback } = await begin()
    const tokens = oneWinner(await eight(() => app.redeem(browser, callback, request)))
    ahead = REUSE_AFTER_MS
    expect(outcome(await app.redeem(browser, callback, request))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
    expect(outcome(await refresh(app, browser, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('whoever has the code but not the verifier can neither use nor revoke anything', async () => {
    const { app, browser, request, callback } = await begin()
    const thief = { ...request, verifier: app.authorize().verifier }
    expect(outcome(await app.redeem(browser, callback, thief))).toEqual([400, 'invalid_grant'])
    const tokens = (await app.redeem(browser, callback, request)).json<Tokens>()
    ahead = REUSE_AFTER_MS
    expect(outcome(await app.redeem(browser, callback, thief))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
  })

  test('after a revoked grant the same browser logs in again with one that works', async () => {
    const { app, browser, request, callback } = await begin()
    await app.redeem(browser, callback, request)
    ahead = REUSE_AFTER_MS
    await app.redeem(browser, callback, request)
    const again = app.authorize()
    const tokens = await redeem(app, browser, [await browser.get(again.url)], again)
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
    expect((await refresh(app, browser, tokens.refresh_token)).status).toBe(200)
  })
})

describe('a client assertion (RFC 7523)', () => {
  const now = () => Math.floor(Date.now() / 1000)
  const sign = (claims: JWTPayload = {}, key = keys.privateKey) =>
    new SignJWT({
      iss: 'assertion-app',
      sub: 'assertion-app',
      aud: running.issuer,
      jti: randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(key)

  /** Revoking an unknown token is a 200 for whoever is authenticated (RFC 7009, 2.2). */
  const revoke = async (assertion: string | Promise<string>): Promise<Answer> =>
    createHttpBrowser().post(
      `${running.issuer}/token/revocation`,
      {
        token: 'unknown',
        client_assertion: await assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
      { accept: 'application/json' },
    )

  test('is good once: of 8 parallel replays one passes, and none after that', async () => {
    const assertion = await sign()
    const answers = await eight(() => revoke(assertion))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)])
    expect(outcome(await revoke(assertion))).toEqual([401, 'invalid_client'])
  })

  test('authenticates at the token endpoint too, and there a replay redeems nothing', async () => {
    const { browser, request, callback } = await begin({ client_id: 'assertion-app' })
    const assertion = await sign()
    const form = {
      grant_type: 'authorization_code',
      code: new URL(callback).searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: request.verifier,
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    const answers = await eight(() => browser.post(`${running.issuer}/token`, form, { accept: 'application/json' }))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)])
    const tokens = answers.find(({ status }) => status === 200)?.json<Tokens>() as Tokens
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
  })

  test.each([
    ['lives five minutes', {}, 300, 200],
    ['lives five minutes, by a clock that is 9 s fast', { iat: 9 }, 309, 200],
    ['lives longer', {}, 320, 401],
    ['lives ten years', {}, 315_360_000, 401],
    ['has expired', {}, -60, 401],
  ])('that %s', async (_name, { iat = 0 }: { iat?: number }, exp, status) => {
    expect((await revoke(sign({ iat: now() + iat, exp: now() + exp }))).status).toBe(status)
  })

  test.each([
    ['for another server', () => ({ aud: 'https://other.example' })],
    ['for two servers', () => ({ aud: [running.issuer, 'https://other.example'] })],
    ['without an audience', () => ({ aud: undefined as unknown as string })],
    ['without an expiry', () => ({ exp: undefined as unknown as number })],
    ['without an id', () => ({ jti: undefined as unknown as string })],
    ['of another client', () => ({ iss: 'test-app' })],
  ])('%s is refused', async (_name, claims) => {
    expect(outcome(await revoke(sign(claims())))).toEqual([401, 'invalid_client'])
  })

  test('signed with another key is refused', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(outcome(await revoke(sign({}, privateKey)))).toEqual([401, 'invalid_client'])
  })
})
