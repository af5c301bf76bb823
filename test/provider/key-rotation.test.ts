import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { atApp, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

const DAY_MS = 86_400_000
const RS256_CLIENT = { ...TEST_CLIENT, client_id: 'rs256-app', id_token_signed_response_alg: 'RS256' }

let running: RunningPias
let offset = 0
beforeAll(async () => {
  running = await startPias({ clients: [RS256_CLIENT], clock: () => Date.now() + offset })
})
afterAll(() => running.close())

const runJobs = async (): Promise<void> => {
  for (const job of running.pias.jobs.toReversed()) await job.run()
}

const jwks = async () => {
  const answer = await createHttpBrowser().get(`${running.issuer}/jwks`)
  return { headers: answer.headers, set: answer.json<JSONWebKeySet & Record<string, unknown>>() }
}

const browser = createHttpBrowser()
const newToken = async (client: typeof TEST_CLIENT): Promise<string> => {
  const app = createTestApp(running, client)
  const asked = app.authorize()
  const known = await browser.follow(asked.url, location => atApp(location) || location.includes('/authorize'))
  const answers = atApp(known.at(-1)?.location ?? '') ? known : await logIn(browser, asked.url, 'lotte')
  return (await redeem(app, browser, answers, asked)).id_token
}

const verify = async (token: string, set: JSONWebKeySet) => {
  await jwtVerify(token, createLocalJWKSet(set), { issuer: running.issuer })
  return decodeProtectedHeader(token).kid
}

test('oidcc-server-rotate-keys: a running node publishes the next keys, signs with them in their turn, and still publishes the old ones', async () => {
  const before = await jwks()
  expect(before.headers['cache-control']).toBe('public, max-age=300')
  expect(before.set.keys.map(({ alg }) => alg)).toEqual(['ES256', 'RS256'])
  expect(JSON.stringify(before.set)).not.toMatch(/"(d|p|q|dp|dq|qi)":/)
  const old = await Promise.all([TEST_CLIENT, RS256_CLIENT].map(newToken))
  expect(old.map(token => decodeProtectedHeader(token).alg)).toEqual(['ES256', 'RS256'])

  await runJobs()
  expect((await jwks()).set).toEqual(before.set)

  offset = 89 * DAY_MS
  await runJobs()
  const published = await jwks()
  expect(published.set.keys).toHaveLength(4)
  const stillOld = await newToken(TEST_CLIENT)
  expect(decodeProtectedHeader(stillOld).kid).toBe(decodeProtectedHeader(old[0] ?? '').kid)

  offset = 90 * DAY_MS
  await runJobs()
  for (const [index, client] of [TEST_CLIENT, RS256_CLIENT].entries()) {
    const token = await newToken(client)
    // Who has kept the keys of a day ago knows the new one; who fetches them now still knows the old one.
    const kid = await verify(token, published.set)
    expect(kid).not.toBe(decodeProtectedHeader(old[index] ?? '').kid)
    const now = (await jwks()).set
    await verify(token, now)
    await verify(old[index] ?? '', now)
  }

  // An app that hands in its ID token of before at logout is known by it.
  const logout = await browser.get(`${running.issuer}/session/end?id_token_hint=${old[0]}`)
  expect([logout.status, logout.body]).toEqual([200, expect.stringContaining('Synthetic test app')])

  offset = 92 * DAY_MS
  await runJobs()
  expect((await jwks()).set.keys).toHaveLength(2)
  expect(running.log.filter(({ message }) => message === 'key rotation begun').map(({ fields }) => fields)).toEqual([
    { keys: 'provider.signing-keys' },
    { keys: 'upstream.itsme.keys' },
  ])
})
