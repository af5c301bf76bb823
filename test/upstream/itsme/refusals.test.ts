import type { TokenFault } from '#examples/itsme-simulator/faults/faults.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { CALLBACK, failureOf, recordingFetch, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => world.control('reset'))

const WRONG_TOKENS: readonly (readonly [TokenFault, RegExp])[] = [
  ['bad-signature', /signature/i],
  ['unknown-key', /KEY_SELECTION/],
  ['not-encrypted', /not encrypted/],
  ['alg-none', /alg/],
  ['plain-json', /not encrypted/],
  ['json-in-jwe', /not signed/],
  ['wrong-issuer', /iss/],
  ['wrong-audience', /aud/],
  ['expired', /exp/],
  ['oversized', /more than is allowed/],
]

/** Nothing of a person, no token and no code may be in an error, whose text is logged. */
const expectNothingPersonal = (error: unknown): void => {
  const texts: string[] = []
  for (let current = error; current instanceof Error; current = current.cause)
    texts.push(JSON.stringify(current), current.message)
  expect(texts.join(' ')).not.toMatch(/Lotte|Vandenbroucke|1988|470123456|example\.com|eyJ/)
}

describe('an ID token that is', () => {
  test.each([
    ...WRONG_TOKENS,
    ['wrong-nonce', /nonce/],
    ['two-audiences', /audiences/],
    ['no-expiry', /exp/],
    ['future', /future/],
  ] as const)('%s ends no login', async (kind, reason) => {
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch })
    await world.control('fault', { endpoint: 'token', kind })
    const error = await failureOf(connector.logIn('lotte'))
    expect(error).toBeInstanceOf(PiasError)
    expect(error).toMatchObject({ code: 'upstream.invalid_response', detail: expect.stringMatching(reason) })
    expectNothingPersonal(error)
    expect(calls.count('/v2/token')).toBe(1)
    expect((await connector.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
  })

  test('replayed from an earlier login of the same person ends no login', async () => {
    const recorded: string[] = []
    const calls = recordingFetch(path =>
      path === '/v2/token' && recorded[0] !== undefined ? Response.json(JSON.parse(recorded[0])) : undefined,
    )
    const recording: typeof fetch = async (input, init) => {
      const answer = await calls.fetch(input, init)
      if (String(input).endsWith('/v2/token') && recorded.length === 0) recorded.push(await answer.clone().text())
      return answer
    }
    const connector = world.connector({ fetch: recording })
    expect((await connector.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
    expect(await failureOf(connector.logIn('lotte'))).toMatchObject({
      code: 'upstream.invalid_response',
      detail: expect.stringMatching(/nonce/),
    })
    expect(calls.count('/v2/token')).toBe(2)
  })
})

describe('userinfo', () => {
  /** A leg whose claims are left to userinfo, as itsme does it without the `claims` parameter. */
  const byUserinfo = async (connector: ReturnType<World['connector']>) => {
    const leg = await connector.begin()
    leg.redirectTo.searchParams.delete('claims')
    return leg.complete(await connector.visit(leg, 'lotte'))
  }

  test.each(['application/json', 'application/jwt'])(
    'is asked when the ID token tells too little (%s)',
    async userinfoType => {
      await world.control('config', { userinfoType })
      const calls = recordingFetch()
      const { claims } = await byUserinfo(world.connector({ fetch: calls.fetch }))
      expect(claims).toMatchObject({
        familyName: 'Vandenbroucke',
        birthdate: '1988-03-14',
        phoneVerified: true,
        emailVerified: false,
      })
      expect(claims).toHaveProperty('address.postalCode', '1000')
      expect(calls.count('/v2/userinfo')).toBe(1)
    },
  )

  test('tells of a call, too, which no scope stands for', async () => {
    const connector = world.connector()
    const leg = await connector.begin()
    const { userinfo } = JSON.parse(leg.redirectTo.searchParams.get('claims') ?? '{}')
    leg.redirectTo.searchParams.set('claims', JSON.stringify({ userinfo }))
    const identity = await leg.complete(await connector.visit(leg, 'ongoing-call'))
    expect(identity.signals).toEqual({ callInProgress: true })
  })

  test.each([
    ...WRONG_TOKENS,
    ['wrong-subject', /sub|ATTRIBUTE/],
    ['two-audiences', /audiences/],
    ['future', /future/],
  ] as const)('that is %s ends no login', async (kind, reason) => {
    await world.control('fault', { endpoint: 'userinfo', kind })
    const error = await failureOf(byUserinfo(world.connector()))
    expect(error).toMatchObject({ code: 'upstream.invalid_response', detail: expect.stringMatching(reason) })
    expectNothingPersonal(error)
  })
})

describe('a callback that', () => {
  test.each([
    ['error=access_denied', 'upstream.denied'],
    ['error=login_required', 'upstream.denied'],
    ['error=interaction_required', 'upstream.denied'],
    ['error=temporary_unavailable', 'upstream.unavailable'],
    ['error=temporarily_unavailable', 'upstream.unavailable'],
    ['error=invalid_scope', 'upstream.invalid_response'],
    ['error=__proto__', 'upstream.invalid_response'],
    ['error=%3Cscript%3E', 'upstream.invalid_response'],
    ['', 'upstream.invalid_response'],
    ['code=a&code=b', 'upstream.invalid_response'],
    ['code=a&iss=https%3A%2F%2Fother.example', 'upstream.invalid_response'],
  ])('says "%s" is %s and exchanges nothing', async (query, code) => {
    const calls = recordingFetch()
    const leg = await world.connector({ fetch: calls.fetch }).begin()
    const callback = new URL(`${CALLBACK}?${query}&state=${leg.redirectTo.searchParams.get('state')}`)
    const error = await failureOf(leg.complete(callback))
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain('<script>')
    expect(calls.count('/v2/token')).toBe(0)
  })

  test('comes from a person who refused is denied', async () => {
    const error = await failureOf(world.connector().logIn('refuse'))
    expect(error).toMatchObject({ code: 'upstream.denied', detail: 'authorization ended in access_denied' })
  })

  test.each(['', '&state=of-another-attempt'])('has no state of this leg ("%s") exchanges nothing', async state => {
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch })
    const leg = await connector.begin()
    const code = (await connector.visit(leg, 'lotte')).searchParams.get('code')
    const error = await failureOf(leg.complete(new URL(`${CALLBACK}?code=${code}${state}`)))
    expect(error).toMatchObject({ code: 'upstream.invalid_response' })
    expect(calls.count('/v2/token')).toBe(0)
  })

  test('brings a code a second time is refused by itsme', async () => {
    const connector = world.connector()
    const leg = await connector.begin()
    const callback = await connector.visit(leg, 'lotte')
    await leg.complete(callback)
    expect(await failureOf(leg.complete(callback))).toMatchObject({
      code: 'upstream.expired',
      detail: 'token endpoint answered invalid_grant',
    })
  })

  test('brings the code of another leg is refused: nonce and verifier are of this one', async () => {
    const connector = world.connector()
    const [mine, other] = await Promise.all([connector.begin(), connector.begin()])
    const callback = await connector.visit(other, 'lotte')
    callback.searchParams.set('state', mine.redirectTo.searchParams.get('state') ?? '')
    expect(await failureOf(mine.complete(callback))).toMatchObject({ code: 'upstream.expired' })
  })

  test.each([null, {}, { nonce: 'n' }, 'text'])('has the handoff %j is refused', async handoff => {
    const connector = world.connector()
    const leg = await connector.begin()
    const callback = await connector.visit(leg, 'lotte')
    expect(await failureOf(leg.complete(callback, { handoff }))).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test('came in on another host still redeems for the registered address', async () => {
    const connector = world.connector()
    const leg = await connector.begin()
    const callback = await connector.visit(leg, 'lotte')
    const elsewhere = new URL(`http://attacker.example/x${callback.search}`)
    expect((await leg.complete(elsewhere)).claims.familyName).toBe('Vandenbroucke')
  })
})
