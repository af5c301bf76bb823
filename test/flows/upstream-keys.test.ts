import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** What itsme fetches of a whole PIAS: keys of its own, cached as itsme asks. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

type Jwks = { keys: Record<string, string>[] }

test('the keys for itsme are its own, public halves alone, and may be kept for half an hour', async () => {
  const browser = createHttpBrowser()
  const answer = await browser.get(`${running.issuer}/upstream/itsme/jwks`, { accept: 'application/json' })
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^application\/jwk-set\+json/)
  expect(answer.headers['cache-control']).toBe('public, max-age=1800')
  expect(answer.setCookies).toEqual([])
  const { keys } = answer.json<Jwks>()
  expect(keys.map(({ kty, use }) => [kty, use])).toEqual([
    ['RSA', 'sig'],
    ['RSA', 'enc'],
  ])
  for (const key of keys) expect(Object.keys(key)).not.toContain('d')
  const own = (await browser.get(`${running.issuer}/jwks`)).json<Jwks>().keys
  const moduli = [...keys, ...own].map(({ n, x }) => n ?? x)
  expect(new Set(moduli).size).toBe(moduli.length)
})

test('many logins cost one look at itsme’s metadata and keys, and itsme one at PIAS’s', async () => {
  const atItsme = watchRequests(running.simulator.origin)
  const atPias = watchRequests(running.issuer)
  const app = createTestApp(running)
  for (const persona of ['lotte', 'thomas', 'lotte']) {
    const browser = createHttpBrowser()
    const request = app.authorize()
    const tokens = await redeem(app, browser, await logIn(browser, request.url, persona), request)
    expect(claimsOf(tokens.id_token)).toHaveProperty('sub')
  }
  atItsme.stop()
  atPias.stop()
  expect(atItsme.count('/v2/.well-known/openid-configuration')).toBe(1)
  expect(atItsme.count('/v2/jwkSet')).toBe(1)
  expect(atPias.count('/upstream/itsme/jwks')).toBe(1)
})

test.each([
  ['basic', 'urn:pias:acr:basic', ['mfa', 'itsme']],
  ['advanced', 'urn:pias:acr:advanced', ['mfa', 'pin', 'itsme']],
])('the level "%s" that an app asks for is asked of itsme, and told to the app', async (level, acr, amr) => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize({ acr_values: acr })
  const answers = await logIn(browser, request.url, 'lotte')
  const asked = new URL(answers[0]?.location ?? 'none:').searchParams.get('acr_values')
  expect(asked).toBe(`http://itsme.services/v2/claim/acr_${level}`)
  const tokens = await redeem(app, browser, answers, request)
  expect(claimsOf(tokens.id_token)).toMatchObject({ acr, amr })
})
