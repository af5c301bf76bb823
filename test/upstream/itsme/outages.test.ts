import { failureOf, recordingFetch, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => world.control('reset'))

const DISCOVERY = '/v2/.well-known/openid-configuration'
const broken = (status: number) => new Response('{}', { status, headers: { 'content-type': 'application/json' } })

describe('while itsme is in trouble', () => {
  test.each(['error', 'drop', 'timeout'])('the code exchange (%s) is not tried again', async kind => {
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch, config: { timeouts: { callMs: 300 } } })
    const leg = await connector.begin()
    const callback = await connector.visit(leg, 'lotte')
    await world.control('fault', { endpoint: 'token', kind })
    expect(await failureOf(leg.complete(callback))).toMatchObject({ code: 'upstream.unavailable' })
    expect(calls.count('/v2/token')).toBe(1)
  })

  test('all calls of a leg together have a time', async () => {
    const never: typeof globalThis.fetch = (input, init) =>
      String(input).endsWith('/token') ? new Promise(() => {}) : fetch(input, init)
    const connector = world.connector({ fetch: never, config: { timeouts: { callMs: 50, totalMs: 100 } } })
    const leg = await connector.begin()
    const callback = await connector.visit(leg, 'lotte')
    expect(await failureOf(leg.complete(callback))).toMatchObject({
      code: 'upstream.unavailable',
      detail: 'no answer within 100 ms',
    })
  })

  test('no leg begins without metadata; the next try comes after five seconds and works', async () => {
    let now = Date.now()
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch, clock: () => now })
    await world.control('fault', { endpoint: 'discovery', kind: 'error' })
    expect(await failureOf(connector.begin())).toMatchObject({ code: 'upstream.unavailable' })
    expect(await failureOf(connector.begin())).toMatchObject({ code: 'upstream.unavailable' })
    expect(calls.count(DISCOVERY)).toBe(1)
    now += 5_000
    await connector.begin()
    expect(calls.count(DISCOVERY)).toBe(2)
  })

  test('known metadata serve for a day, asked again once a minute', async () => {
    let now = Date.now()
    let down = false
    const calls = recordingFetch(path => (down && path === DISCOVERY ? broken(503) : undefined))
    const connector = world.connector({ fetch: calls.fetch, clock: () => now })
    await connector.begin()
    down = true
    now += 2 * 3600_000
    await connector.begin()
    await connector.begin()
    expect(calls.count(DISCOVERY)).toBe(2)
    expect(connector.warnings).toEqual([expect.objectContaining({ name: 'metadata', hasCopy: true })])
    now += 60_000
    await connector.begin()
    expect(calls.count(DISCOVERY)).toBe(3)
    now += 23 * 3600_000
    expect(await failureOf(connector.begin())).toMatchObject({ code: 'upstream.unavailable' })
  })

  test.each([
    ['another issuer', { issuer: 'https://other.example' }],
    ['an endpoint on plain http', { token_endpoint: 'http://itsme.example/token' }],
    ['no keys', { jwks_uri: undefined }],
  ])('metadata with %s are not used', async (_what, change) => {
    const document = (await (
      await fetch(`${world.simulator.issuer}/.well-known/openid-configuration`)
    ).json()) as object
    const calls = recordingFetch(path => (path === DISCOVERY ? Response.json({ ...document, ...change }) : undefined))
    expect(await failureOf(world.connector({ fetch: calls.fetch }).begin())).toMatchObject({
      code: 'upstream.unavailable',
    })
  })

  test('keys that cannot be had end no login half-way, and are asked for again later', async () => {
    let now = Date.now()
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch, clock: () => now })
    await world.control('fault', { endpoint: 'jwkSet', kind: 'error' })
    expect(await failureOf(connector.logIn('lotte'))).toMatchObject({ code: 'upstream.unavailable' })
    now += 5_000
    expect((await connector.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
  })

  test('an answer without end is cut off', async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: controller => controller.enqueue(new Uint8Array(4096)) })
    const calls = recordingFetch(path =>
      path === '/v2/token' ? new Response(endless, { headers: { 'content-type': 'application/json' } }) : undefined,
    )
    expect(await failureOf(world.connector({ fetch: calls.fetch }).logIn('lotte'))).toMatchObject({
      code: 'upstream.invalid_response',
    })
  })

  test.each([301, 302])('a redirect (%i) is not followed with the client assertion', async status => {
    const calls = recordingFetch(path =>
      path === '/v2/token'
        ? new Response(null, { status, headers: { location: 'https://other.example/' } })
        : undefined,
    )
    expect(await failureOf(world.connector({ fetch: calls.fetch }).logIn('lotte'))).toMatchObject({
      code: 'upstream.invalid_response',
    })
    expect(calls.count('/')).toBe(0)
  })
})

describe('the circuit breaker', () => {
  const TOKEN = '/v2/token'

  const startBroken = async (kind: string) => {
    let now = Date.now()
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch, clock: () => now, config: { timeouts: { callMs: 200 } } })
    const leave = async () => {
      const leg = await connector.begin()
      return { leg, callback: await connector.visit(leg, 'lotte') }
    }
    // Those who are at itsme when the trouble begins.
    const away = await Promise.all(Array.from({ length: 22 }, leave))
    await world.control('fault', { endpoint: 'token', kind, count: 19 })
    const back = async () => {
      const one = away.pop()
      return one === undefined ? 'nobody' : failureOf(one.leg.complete(one.callback))
    }
    return {
      calls,
      connector,
      back,
      pass: (ms: number) => {
        now += ms
      },
    }
  }

  test.each(['error', 'drop', 'timeout'])('opens when itsme fails (%s): then nothing is called', async kind => {
    const { calls, connector, back } = await startBroken(kind)
    // The first of the twenty calls was the metadata; it went well.
    const failures = await Promise.all(Array.from({ length: 19 }, back))
    for (const failure of failures) expect(failure).toMatchObject({ code: 'upstream.unavailable' })
    expect(calls.count(TOKEN)).toBe(19)
    expect(await back()).toMatchObject({ code: 'upstream.unavailable', detail: expect.stringMatching(/not called/) })
    expect(await failureOf(connector.begin())).toMatchObject({
      code: 'upstream.unavailable',
      detail: expect.stringMatching(/not called/),
    })
    expect(calls.count(TOKEN)).toBe(19)
    expect(connector.warnings).toContainEqual({ upstream: 'itsme', state: 'open' })
  })

  test('lets logins through again after 15 s', async () => {
    const { calls, connector, back, pass } = await startBroken('error')
    await Promise.all(Array.from({ length: 19 }, back))
    await back()
    pass(15_000)
    for (let login = 0; login < 3; login++) {
      expect((await connector.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
    }
    expect(connector.warnings).toContainEqual({ upstream: 'itsme', state: 'closed' })
    expect(calls.count(TOKEN)).toBe(22)
  })

  test('does not open for answers that are refusals', async () => {
    const connector = world.connector()
    for (let login = 0; login < 25; login++) {
      const leg = await connector.begin()
      const state = leg.redirectTo.searchParams.get('state')
      const callback = new URL(`http://127.0.0.1:9/callback/itsme?code=unknown&state=${state}`)
      expect(await failureOf(leg.complete(callback))).toMatchObject({ detail: 'token endpoint answered invalid_grant' })
    }
    expect((await connector.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
  })
})
