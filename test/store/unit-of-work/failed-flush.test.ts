import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createBench } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, createTestApp, toCallback } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { type PiasOnServers, startOnServers } from './on-servers.ts'

/** A Redis whose memory is full still answers reads: requests get far, and fail where they would write. */
const bench = createBench()
let pias: PiasOnServers
let probe: ReturnType<typeof bench.probe>
let keys: Awaited<ReturnType<typeof generateKeyPair>>

beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  const { client_secret: _none, ...client } = TEST_CLIENT
  const assertionClient = {
    ...client,
    client_id: 'assertion-app',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one' }] },
  }
  pias = await startOnServers(bench, { clients: [assertionClient] })
  probe = bench.probe(pias.redisUrl)
})
const memory = (bytes: number) => probe.redis.config('SET', 'maxmemory', String(bytes))
afterEach(() => memory(0))

const atResume = async () => {
  const [app, browser] = [createTestApp(pias.running), createHttpBrowser()]
  const asked = app.authorize()
  const resume = (await browser.get(await toCallback(browser, asked.url, 'lotte'))).location ?? ''
  return { app, browser, asked, resume }
}

test('no code, no cookie and no way on leaves when they could not be written: 503 with a page', async () => {
  const { browser, resume } = await atResume()
  await memory(1)
  const answer = await browser.get(resume)
  expect([answer.status, answer.headers['retry-after'], isOwnPage(answer)]).toEqual([503, '5', true])
  expect([answer.location, answer.setCookies]).toEqual([undefined, []])
  expect(answer.body).not.toMatch(/code=/)
})

test('the app is told when a login cannot even begin', async () => {
  await memory(1)
  const begun = await createHttpBrowser().get(createTestApp(pias.running).authorize().url)
  expect(appAnswer(begun)).toMatchObject({ error: 'temporarily_unavailable', iss: pias.running.issuer })
  expect(begun.setCookies.filter(({ name }) => name.includes('int'))).toEqual([])
})

test('a code that could not be redeemed is redeemed when the store is back', async () => {
  const { app, browser, asked, resume } = await atResume()
  const back = (await browser.get(resume)).location ?? ''
  await memory(1)
  const refused = await app.redeem(browser, back, asked)
  expect([refused.status, refused.json().error]).toEqual([503, 'temporarily_unavailable'])
  await memory(0)
  expect((await app.redeem(browser, back, asked)).status).toBe(200)
})

test('a person whose callback failed can go on when the store is back', async () => {
  const [app, browser] = [createTestApp(pias.running), createHttpBrowser()]
  const callback = await toCallback(browser, app.authorize().url, 'lotte')
  await memory(1)
  expect((await browser.get(callback)).status).toBe(503)
  await memory(0)
  const resume = (await browser.get(callback)).location ?? ''
  expect(appAnswer(await browser.get(resume)).code).toBeDefined()
})

test('a client assertion that cannot be remembered is no failure of the client: 503', async () => {
  const now = Math.floor(Date.now() / 1000)
  const assertion = await new SignJWT({
    iss: 'assertion-app',
    sub: 'assertion-app',
    aud: pias.running.issuer,
    jti: 'j',
  })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(keys.privateKey)
  const revoke = () =>
    createHttpBrowser().post(
      `${pias.running.issuer}/token/revocation`,
      {
        client_id: 'assertion-app',
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        token: 'unknown',
      },
      { accept: 'application/json' },
    )
  await memory(1)
  const refused = await revoke()
  expect([refused.status, refused.json().error]).toEqual([503, 'temporarily_unavailable'])
  await memory(0)
  expect((await revoke()).status).toBe(200)
})

test('logging out without a session is a 503 with a page, too, while nothing can be written', async () => {
  await memory(1)
  const answer = await createHttpBrowser().get(`${pias.running.issuer}/session/end`)
  expect([answer.status, answer.headers['retry-after'], isOwnPage(answer)]).toEqual([503, '5', true])
  expect(answer.location).toBeUndefined()
})
