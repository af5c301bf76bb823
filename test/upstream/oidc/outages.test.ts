import { type ForgingProvider, startForgingProvider } from './forging-provider.ts'
import { failureOf, openConnector } from './support.ts'

let provider: ForgingProvider
beforeAll(async () => {
  provider = await startForgingProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.forge({}))

const DISCOVERY = '/.well-known/openid-configuration'
const HOUR_MS = 3600_000

/** A connector with a clock that the test moves, and its logins. */
const open = async (config: object = {}) => {
  let now = Date.now()
  const connector = await openConnector(provider.issuer, { config, clock: () => now })
  return {
    ...connector,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    logIn: async () => {
      const leg = await connector.begin()
      return leg.complete(provider.approve(leg.redirectTo))
    },
  }
}

describe('while the provider is in trouble', () => {
  test.each([
    [503, 'upstream.unavailable'],
    [429, 'upstream.unavailable'],
    [400, 'upstream.invalid_response'],
    [302, 'upstream.invalid_response'],
  ])('a code exchange that is answered %i is not tried again', async (status, code) => {
    const { logIn } = await open()
    provider.forge({ status: { '/token': status } })
    expect(await failureOf(logIn())).toMatchObject({ code })
    expect(provider.count('/token')).toBe(1)
  })

  test('an answer that never comes ends in time', async () => {
    const never: typeof globalThis.fetch = (input, init) =>
      String(input).endsWith('/token')
        ? new Promise((_resolve, reject) => {
            init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
          })
        : fetch(input, init)
    const config = { timeouts: { callMs: 500, totalMs: 5000 } }
    const connector = await openConnector(provider.issuer, { config, fetch: never })
    const leg = await connector.begin()
    expect(await failureOf(leg.complete(provider.approve(leg.redirectTo)))).toMatchObject({
      code: 'upstream.unavailable',
      detail: '/token did not answer',
    })
  })

  test('all calls of a leg together have a time', async () => {
    const never: typeof globalThis.fetch = (input, init) =>
      String(input).endsWith('/token') ? new Promise(() => {}) : fetch(input, init)
    const config = { timeouts: { callMs: 500, totalMs: 800 } }
    const connector = await openConnector(provider.issuer, { config, fetch: never })
    const leg = await connector.begin()
    expect(await failureOf(leg.complete(provider.approve(leg.redirectTo)))).toMatchObject({
      code: 'upstream.unavailable',
      detail: 'no answer within 800 ms',
    })
  })

  test('is not called for a while when too many calls failed', async () => {
    const { begin, logIn, pass, warnings } = await open()
    await logIn()
    provider.forge({ status: { '/token': 503 } })
    for (let login = 0; login < 20; login += 1) await failureOf(logIn())
    expect(provider.count('/token')).toBeLessThan(20)
    expect(warnings).toContainEqual({ upstream: 'partner', state: 'open' })
    expect(await failureOf(begin())).toMatchObject({ code: 'upstream.unavailable' })
    provider.forge({})
    pass(15_000)
    expect((await logIn()).key.subject).toBe('mila')
  })

  test('no leg begins without metadata; the next try comes after five seconds', async () => {
    const { begin, pass } = await open()
    provider.forge({ status: { [DISCOVERY]: 500 } })
    expect(await failureOf(begin())).toMatchObject({ code: 'upstream.unavailable' })
    expect(await failureOf(begin())).toMatchObject({ code: 'upstream.unavailable' })
    expect(provider.count(DISCOVERY)).toBe(1)
    provider.forge({})
    pass(5000)
    await begin()
    expect(provider.count(DISCOVERY)).toBe(1)
  })

  test('known metadata serve for a day, asked again once a minute', async () => {
    const { begin, pass, warnings } = await open()
    await begin()
    provider.forge({ status: { [DISCOVERY]: 500 } })
    pass(2 * HOUR_MS)
    await begin()
    await begin()
    expect(provider.count(DISCOVERY)).toBe(1)
    expect(warnings).toEqual([expect.objectContaining({ upstream: 'partner', name: 'metadata', hasCopy: true })])
    pass(60_000)
    await begin()
    expect(provider.count(DISCOVERY)).toBe(2)
    pass(23 * HOUR_MS)
    expect(await failureOf(begin())).toMatchObject({ code: 'upstream.unavailable' })
  })

  test('metadata and keys are asked once for any number of logins', async () => {
    const { logIn } = await open()
    await Promise.all([logIn(), logIn(), logIn()])
    expect([provider.count(DISCOVERY), provider.count('/jwks'), provider.count('/token')]).toEqual([1, 1, 3])
  })

  test('a provider that moves its token endpoint is followed within the hour', async () => {
    const { logIn, pass } = await open()
    await logIn()
    const inAnHour = Math.floor((Date.now() + HOUR_MS) / 1000)
    provider.forge({
      metadata: { token_endpoint: `${provider.issuer}/moved/token` },
      idToken: { iat: inAnHour, exp: inAnHour + 60 },
    })
    pass(HOUR_MS)
    expect((await logIn()).key.subject).toBe('mila')
    expect([DISCOVERY, '/token', '/moved/token'].map(provider.count)).toEqual([1, 0, 1])
  })

  test.each([
    ['another issuer', { issuer: 'https://other.example' }],
    ['an endpoint on plain http', { token_endpoint: 'http://partner.example/token' }],
    ['an endpoint with credentials', { userinfo_endpoint: 'https://a:b@partner.example/me' }],
    ['no keys', { jwks_uri: undefined }],
  ])('metadata with %s are not used', async (_what, metadata) => {
    provider.forge({ metadata })
    expect(await failureOf((await open()).begin())).toMatchObject({ code: 'upstream.unavailable' })
  })
})
