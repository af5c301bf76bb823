import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** Why somebody is sent to itsme decides which of its services asks: one code per purpose. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
  running.simulator.register({
    clientId: 'PIAS_DEMO',
    redirectUris: [`${running.issuer}/callback/itsme`],
    jwksUri: `${running.issuer}/upstream/itsme/jwks`,
    serviceCodes: { PIAS_LOGIN: { service: 'authentication' }, PIAS_REGISTRATION: { service: 'identification' } },
  })
})
afterAll(() => running.close())

/** The service that a location at itsme asks for. */
const serviceOf = (location: string | undefined): string | undefined =>
  /service:(\w+)/.exec(new URL(location ?? 'none:').searchParams.get('scope') ?? '')?.[1]

const logInFully = async (browser: HttpBrowser, persona: string, extra: Record<string, string>) => {
  const app = createTestApp(running)
  const request = app.authorize(extra)
  const answers = await logIn(browser, request.url, persona)
  const tokens = await redeem(app, browser, answers, request)
  return { service: serviceOf(answers[0]?.location), claims: claimsOf(tokens.id_token) }
}

test.each([
  ['nothing in particular', {}, 'PIAS_LOGIN'],
  ['a fresh login', { prompt: 'login' }, 'PIAS_LOGIN'],
  ['a stronger login', { acr_values: 'urn:pias:acr:advanced' }, 'PIAS_LOGIN'],
  ['consent', { prompt: 'consent' }, 'PIAS_LOGIN'],
  ['a registration', { prompt: 'create' }, 'PIAS_REGISTRATION'],
  ['a registration and a fresh login', { prompt: 'login create' }, 'PIAS_REGISTRATION'],
])('an app that asks for %s gets the service for it, and its answer', async (_what, extra, service) => {
  expect((await logInFully(createHttpBrowser(), 'lotte', extra)).service).toBe(service)
})

test('a registration asks the person even where there is a session, and finds who is known', async () => {
  const browser = createHttpBrowser()
  const known = await logInFully(browser, 'lotte', {})
  const again = await logInFully(browser, 'lotte', { prompt: 'create' })
  expect(again.service).toBe('PIAS_REGISTRATION')
  expect(again.claims.sub).toBe(known.claims.sub)
  const silent = await browser.get(createTestApp(running).authorize({ prompt: 'none' }).url)
  expect(appAnswer(silent)).toHaveProperty('code')
})

test('a registration stays one when the person tries again', async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize({ prompt: 'create' })
  const page = (await logIn(browser, request.url, 'refuse')).at(-1)
  const [, retry = ''] = /href="(\/interaction\/[\w-]+\/retry)"/.exec(page?.body ?? '') ?? []
  const again = await browser.get(`${running.issuer}${retry}`)
  expect(serviceOf(again.location)).toBe('PIAS_REGISTRATION')
  const answers = await browser.follow(asPersona(again.location, 'lotte'), atApp)
  expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
})

test('a registration cannot be silent, and is told in the metadata', async () => {
  const answer = await createHttpBrowser().get(createTestApp(running).authorize({ prompt: 'none create' }).url)
  expect(appAnswer(answer)).toMatchObject({ error: 'invalid_request' })
  const metadata = await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)
  expect(metadata.json().prompt_values_supported).toEqual(['none', 'login', 'consent', 'create'])
})
