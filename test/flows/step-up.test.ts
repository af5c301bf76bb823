import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { BOTH, startThreeUpstreams } from '#test/support/three-upstreams.ts'

/** What a session is good for: level (`acr`), age (`max_age`), and whose login it was. */
const BASIC = 'urn:pias:acr:basic'
const ADVANCED = 'urn:pias:acr:advanced'
const UNKNOWN = 'urn:other:acr'

const CAREFUL = { ...TEST_CLIENT, client_id: 'careful-app', pias_minimum_acr: ADVANCED, pias_single_sign_on: false }
const DEFAULTS = { ...TEST_CLIENT, client_id: 'defaults-app', default_acr_values: [ADVANCED], default_max_age: 3600 }

let world: Awaited<ReturnType<typeof startThreeUpstreams>>
let running: RunningPias
beforeAll(async () => {
  world = await startThreeUpstreams([CAREFUL, DEFAULTS])
  running = world.running
})
afterAll(() => world.close())

const acrClaim = (request: object): Record<string, string> => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, ...request } } }),
})

/** A browser with a session of Lotte's, as strong as asked. */
const loggedIn = async (extra: Record<string, string> = {}): Promise<HttpBrowser> => {
  const browser = createHttpBrowser()
  const last = (await logIn(browser, createTestApp(running).authorize(extra).url, 'lotte')).at(-1)
  expect(appAnswer(last)).toHaveProperty('code')
  return browser
}

/** Sends a browser through a request; the claims of its ID token, and how many requests went upstream. */
const ask = async (
  browser: HttpBrowser,
  extra: Record<string, string> = {},
  client: typeof TEST_CLIENT = TEST_CLIENT,
) => {
  const app = createTestApp(running, client)
  const request = app.authorize(extra)
  const begun = await browser.get(request.url)
  if (begun.location !== undefined && atApp(begun.location)) {
    const { error } = appAnswer(begun)
    return { legs: 0, error, claims: error ? {} : claimsOf((await redeem(app, browser, [begun], request)).id_token) }
  }
  const upstream = new URL(begun.location ?? 'none:')
  const persona = upstream.origin === world.partner.issuer ? 'mila' : 'lotte'
  const answers = await browser.follow(asPersona(begun.location, persona), atApp)
  const { error } = appAnswer(answers.at(-1))
  const claims = error ? {} : claimsOf((await redeem(app, browser, answers, request)).id_token)
  return { legs: 1, upstream, error, claims }
}

describe('the level', () => {
  test('a weak session is stepped up through the upstream, which is asked for just that, and then does', async () => {
    const browser = await loggedIn()
    const stepped = await ask(browser, { acr_values: ADVANCED })
    expect(stepped.upstream?.searchParams.get('acr_values')).toBe('http://itsme.services/v2/claim/acr_advanced')
    expect(stepped).toMatchObject({ legs: 1, claims: { acr: ADVANCED } })
    expect(await ask(browser, { acr_values: ADVANCED })).toMatchObject({ legs: 0, claims: { acr: ADVANCED } })
  })

  test('a session that is strong enough, or stronger, is used, and the app is told the truth', async () => {
    const browser = await loggedIn({ acr_values: ADVANCED })
    expect(await ask(browser, { acr_values: BASIC })).toMatchObject({ legs: 0, claims: { acr: ADVANCED } })
    expect(await ask(browser, { acr_values: `${UNKNOWN} ${BASIC}` })).toMatchObject({ legs: 0 })
    expect(await ask(browser)).toMatchObject({ legs: 0, claims: { acr: ADVANCED } })
  })

  test('of several that will do, any is enough for a session; the first is asked for at a login', async () => {
    const browser = await loggedIn()
    expect(await ask(browser, { acr_values: `${ADVANCED} ${BASIC}` })).toMatchObject({
      legs: 0,
      claims: { acr: BASIC },
    })
    const fresh = await ask(createHttpBrowser(), { acr_values: `${ADVANCED} ${BASIC}` })
    expect(fresh).toMatchObject({ legs: 1, claims: { acr: ADVANCED } })
  })

  test('an essential claim asks for a step-up, and beats acr_values', async () => {
    const browser = await loggedIn()
    expect(await ask(browser, { ...acrClaim({ value: ADVANCED }), acr_values: BASIC })).toMatchObject({
      legs: 1,
      claims: { acr: ADVANCED },
    })
  })

  test('an essential claim is answered with one of its values (OIDC Core 5.5.1.1)', async () => {
    const browser = await loggedIn({ acr_values: ADVANCED })
    expect(await ask(browser, acrClaim({ values: [UNKNOWN, BASIC] }))).toMatchObject({
      legs: 0,
      claims: { acr: BASIC },
    })
    expect(await ask(browser, acrClaim({ values: [ADVANCED] }))).toMatchObject({ legs: 0, claims: { acr: ADVANCED } })
  })

  test('an essential level that PIAS does not have is an error at once, with a session and without', async () => {
    for (const browser of [await loggedIn(), createHttpBrowser()]) {
      const { error, legs } = await ask(browser, acrClaim({ value: UNKNOWN }))
      expect([error, legs]).toEqual(['unmet_authentication_requirements', 0])
    }
  })

  test('a level that is merely wished for and unknown changes nothing', async () => {
    expect(await ask(await loggedIn(), { acr_values: UNKNOWN })).toMatchObject({ legs: 0, claims: { acr: BASIC } })
  })

  test('where the upstream gives less: essential is an error and no second leg, a wish is told the truth', async () => {
    // The partner's logins are basic, whatever is asked.
    for (const [extra, error, acr] of [
      [acrClaim({ value: ADVANCED }), 'unmet_authentication_requirements', undefined],
      [{ acr_values: ADVANCED }, undefined, BASIC],
    ] as const) {
      const answer = await ask(createHttpBrowser(), { ...extra, pias_upstream: 'partner' }, BOTH)
      expect([answer.legs, answer.error, answer.claims.acr]).toEqual([1, error, acr])
    }
  })

  test('prompt=none with a session that is too weak is login_required, and the session stays', async () => {
    const browser = await loggedIn()
    expect(await ask(browser, { acr_values: ADVANCED, prompt: 'none' })).toMatchObject({ error: 'login_required' })
    expect(await ask(browser, { prompt: 'none' })).toMatchObject({ legs: 0, error: undefined })
  })

  test.each([
    ['not an object', { id_token: { acr: 'advanced' } }],
    ['values that are no list', { id_token: { acr: { essential: true, values: ADVANCED } } }],
  ])('a claims parameter with %s is refused at the app', async (_what, claims) => {
    const request = createTestApp(running, TEST_CLIENT, 'openid').authorize({ claims: JSON.stringify(claims) })
    expect(appAnswer(await createHttpBrowser().get(request.url))).toMatchObject({ error: 'invalid_request' })
  })

  test('a claims parameter brings the claim into the ID token, whatever the scope; what PIAS has not is ignored', async () => {
    const named = { family_name: null, customer_accounts: null }
    const { claims } = await ask(await loggedIn(), { claims: JSON.stringify({ id_token: named }) })
    expect(claims).toMatchObject({ family_name: 'Vandenbroucke' })
    expect(claims.customer_accounts).toHaveLength(4)
    expect(claims).not.toHaveProperty('email')
  })
})

describe('the age', () => {
  test('a session that is young enough is used, with its auth_time', async () => {
    const browser = await loggedIn()
    const { legs, claims } = await ask(browser, { max_age: '600' })
    expect([legs, typeof claims.auth_time]).toEqual([0, 'number'])
  })

  test('max_age=0 and prompt=login are a login for this very request', async () => {
    const browser = await loggedIn()
    for (const extra of [{ max_age: '0' }, { prompt: 'login' }]) {
      expect(await ask(browser, extra)).toMatchObject({ legs: 1, error: undefined })
    }
    expect(await ask(browser, { max_age: '0', prompt: 'none' })).toMatchObject({ error: 'login_required' })
  })

  test('an upstream with sessions of its own is told', async () => {
    const { upstream } = await ask(createHttpBrowser(), { max_age: '0', pias_upstream: 'partner' }, BOTH)
    expect(upstream?.searchParams.get('max_age')).toBe('0')
  })

  test('an upstream that used a session of its own nevertheless is found out by its auth_time', async () => {
    const browser = createHttpBrowser()
    const partnerOf = (location: string | undefined) => asPersona(location, 'mila').replace(/max_age=\d+/, '')
    const app = createTestApp(running, BOTH)
    const first = await browser.get(app.authorize({ pias_upstream: 'partner' }).url)
    await browser.follow(partnerOf(first.location), atApp)
    world.partner.ageSessions(3600)
    const request = app.authorize({ pias_upstream: 'partner', max_age: '60', prompt: 'login' })
    const again = await browser.get(request.url)
    // As one that ignores the parameter, but tells the truth about the time.
    const last = (await browser.follow(partnerOf(again.location), atApp)).at(-1)
    expect(appAnswer(last)).toMatchObject({ error: 'login_required', state: request.state })
  })
})

describe('the client', () => {
  test('its defaults count as if they had been asked', async () => {
    const browser = await loggedIn()
    expect(await ask(browser, {}, DEFAULTS)).toMatchObject({ legs: 1, claims: { acr: ADVANCED } })
    expect(await ask(browser, {}, DEFAULTS)).toMatchObject({ legs: 0, claims: { auth_time: expect.any(Number) } })
  })

  test('that wants no single sign-on gets a login of its own each time, as strong as it must be', async () => {
    const browser = await loggedIn({ acr_values: ADVANCED })
    for (const extra of [{}, { acr_values: BASIC }]) {
      expect(await ask(browser, extra, CAREFUL)).toMatchObject({ legs: 1, claims: { acr: ADVANCED } })
    }
    expect(await ask(browser, { prompt: 'none' }, CAREFUL)).toMatchObject({ error: 'login_required' })
    // Others may use its login.
    expect(await ask(browser)).toMatchObject({ legs: 0 })
  })

  test('an id_token_hint of somebody else ends at the app after one login', async () => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const answers = await logIn(browser, request.url, 'lotte')
    const { id_token: hint } = await redeem(app, browser, answers, request)
    const other = createHttpBrowser()
    expect(appAnswer((await logIn(other, app.authorize({ id_token_hint: hint }).url, 'lotte')).at(-1))).toHaveProperty(
      'code',
    )
    const begun = await createHttpBrowser().get(app.authorize({ id_token_hint: hint, prompt: 'none' }).url)
    expect(appAnswer(begun)).toMatchObject({ error: 'login_required' })
    const stranger = createHttpBrowser()
    const last = (await logIn(stranger, app.authorize({ id_token_hint: hint }).url, 'thomas')).at(-1)
    expect(appAnswer(last)).toMatchObject({ error: 'login_required' })
  })
})
