import { generateKeyPair, SignJWT } from 'jose'
import { PiasError } from '#src/kernel/errors.ts'
import { type Forgery, type ForgingProvider, startForgingProvider } from './forging-provider.ts'
import { CALLBACK, CLIENT_ID, failureOf, openConnector } from './support.ts'

let provider: ForgingProvider
beforeAll(async () => {
  provider = await startForgingProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.forge({}))

const logIn = async (forgery: Forgery = {}, config: object = {}) => {
  provider.forge(forgery)
  const connector = await openConnector(provider.issuer, { config })
  const leg = await connector.begin()
  return leg.complete(provider.approve(leg.redirectTo))
}

const now = Math.floor(Date.now() / 1000)
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Nothing of a person, no token and no code may be in an error, whose text is logged. */
const expectNothingPersonal = (error: unknown): void => {
  const texts: string[] = []
  for (let current = error; current instanceof Error; current = current.cause)
    texts.push(JSON.stringify(current), current.message)
  expect(texts.join(' ')).not.toMatch(/Mila|Desmet|1990|eyJ|access-token/)
}

test('the forging provider, when nothing is forged, logs in', async () => {
  expect(await logIn()).toMatchObject({ key: { subject: 'mila' }, claims: { familyName: 'Desmet' } })
  expect(provider.count('/token')).toBe(1)
})

describe('an ID token', () => {
  const hs256 = (_right: string, claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_ID.repeat(4)))
  const strangersKey = async (_right: string, claims: object) => {
    const { privateKey } = await generateKeyPair('RS256')
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
  }

  test.each<[string, Forgery, RegExp]>([
    ['with alg none', { rewrite: (_right, claims) => `${base64url({ alg: 'none' })}.${base64url(claims)}.` }, /alg/],
    ['with a MAC', { rewrite: hs256 }, /alg/],
    ['with the key of a stranger', { rewrite: strangersKey }, /signature/i],
    [
      'with a changed signature',
      { rewrite: right => `${right.slice(0, -8)}${right.endsWith('AAAAAAAA') ? 'B' : 'A'.repeat(8)}` },
      /signature|INVALID/i,
    ],
    ['that is missing', { rewrite: () => undefined }, /id_token/],
    ['that is no JWT', { rewrite: () => 'text' }, /JWT/],
    ['of another issuer', { idToken: { iss: 'https://other.example' } }, /iss/],
    ['for another client', { idToken: { aud: 'other' } }, /aud/],
    ['for two clients', { idToken: { aud: [CLIENT_ID, 'other'], azp: CLIENT_ID } }, /audiences/],
    ['issued to another party', { idToken: { azp: 'other' } }, /party/],
    ['that is expired', { idToken: { exp: now - 60 } }, /exp/],
    ['without expiry', { idToken: { exp: undefined } }, /exp/],
    ['without time of issue', { idToken: { iat: undefined } }, /iat/],
    ['from the future', { idToken: { iat: now + 120 } }, /future/],
    ['with another nonce', { idToken: { nonce: 'other' } }, /nonce/],
    ['without a nonce', { idToken: { nonce: undefined } }, /nonce/],
    ['of another access token', { idToken: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }, /another access token/],
    ['without a subject', { idToken: { sub: undefined } }, /sub/],
    ['with an empty subject', { idToken: { sub: '' } }, /sub/],
    ['with a subject that is no key', { idToken: { sub: 'a b' } }, /subject/],
    ['with an unknown level', { idToken: { acr: 'constructor' } }, /acr/],
    ['in too large an answer', { padding: 20_000 }, /more than is allowed/],
  ])('%s logs nobody in, after one exchange', async (_what, forgery, reason) => {
    const error = await failureOf(logIn(forgery))
    expect(error).toBeInstanceOf(PiasError)
    expect(error).toMatchObject({ code: 'upstream.invalid_response', detail: expect.stringMatching(reason) })
    expectNothingPersonal(error)
    expect(provider.count('/token')).toBe(1)
    expect(provider.count('/userinfo')).toBe(0)
  })

  test.each<[string, Forgery]>([
    ['no at_hash', { idToken: { at_hash: undefined } }],
    ['an audience as list', { idToken: { aud: [CLIENT_ID], azp: CLIENT_ID } }],
    ['a clock nine seconds fast', { idToken: { iat: now + 9 } }],
  ])('with %s is good', async (_what, forgery) => {
    expect((await logIn(forgery)).key.subject).toBe('mila')
  })
})

describe('userinfo', () => {
  test('of another subject logs nobody in', async () => {
    const error = await failureOf(logIn({ userinfo: { sub: 'other', family_name: 'Desmet' } }))
    expect(error).toMatchObject({ code: 'upstream.invalid_response', detail: expect.stringMatching(/ATTRIBUTE/) })
    expectNothingPersonal(error)
  })

  test.each([
    ['no JSON', '<html>'],
    ['no subject', '{}'],
    ['too large', JSON.stringify({ sub: 'mila', name: 'x'.repeat(20_000) })],
  ])('that is %s logs nobody in', async (_what, userinfo) => {
    expect(await failureOf(logIn({ userinfo }))).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test.each([
    [401, 'upstream.invalid_response'],
    [302, 'upstream.invalid_response'],
    [503, 'upstream.unavailable'],
  ])('that answers %i is %s', async (status, code) => {
    expect(await failureOf(logIn({ status: { '/userinfo': status } }))).toMatchObject({ code })
  })

  test('is not asked when the ID token says enough, and never outdoes it', async () => {
    const idToken = { family_name: 'Desmet', birthdate: '1990-05-17', email: 'signed@example.com' }
    await logIn({ idToken })
    expect(provider.count('/userinfo')).toBe(0)

    const userinfo = { sub: 'mila', gender: 'female', email: 'other@example.com', email_verified: true }
    const { claims } = await logIn({ idToken, userinfo }, { userinfo: 'always' })
    expect(claims).toEqual({
      familyName: 'Desmet',
      birthdate: '1990-05-17',
      gender: 'female',
      email: 'signed@example.com',
      emailVerified: false,
    })
  })

  test('is not asked of a provider that has none', async () => {
    expect((await logIn({ metadata: { userinfo_endpoint: undefined } })).claims).toEqual({})
  })
})

describe('a callback', () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ['error access_denied', { error: 'access_denied', code: undefined }, 'upstream.denied'],
    ['error login_required', { error: 'login_required', code: undefined }, 'upstream.denied'],
    ['error temporarily_unavailable', { error: 'temporarily_unavailable', code: undefined }, 'upstream.unavailable'],
    ['error server_error', { error: 'server_error', code: undefined }, 'upstream.unavailable'],
    ['error invalid_scope', { error: 'invalid_scope', code: undefined }, 'upstream.invalid_response'],
    ['an error of an inherited name', { error: 'constructor', code: undefined }, 'upstream.invalid_response'],
    ['no code', { code: undefined }, 'upstream.invalid_response'],
    ['another state', { state: 'attempt.other' }, 'upstream.invalid_response'],
    ['no state', { state: undefined }, 'upstream.invalid_response'],
    ['another issuer (RFC 9207)', { iss: 'https://other.example' }, 'upstream.invalid_response'],
    ['no issuer where one is announced', { iss: undefined }, 'upstream.invalid_response'],
  ])('with %s exchanges nothing', async (_what, callback, code) => {
    expect(await failureOf(logIn({ callback }))).toMatchObject({ code })
    expect(provider.count('/token')).toBe(0)
  })

  test('needs no issuer where none is announced, but never takes another', async () => {
    const metadata = { authorization_response_iss_parameter_supported: undefined }
    expect((await logIn({ metadata, callback: { iss: undefined } })).key.subject).toBe('mila')
    const error = await failureOf(logIn({ metadata, callback: { iss: 'https://other.example' } }))
    expect(error).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test.each([null, {}, { nonce: 'n' }, 'text'])('with the handoff %j exchanges nothing', async handoff => {
    const leg = await (await openConnector(provider.issuer)).begin()
    const error = await failureOf(leg.complete(provider.approve(leg.redirectTo), { handoff }))
    expect(error).toMatchObject({ code: 'upstream.invalid_response' })
    expect(provider.count('/token')).toBe(0)
  })

  test('of another leg is refused: the nonce is of this one', async () => {
    const connector = await openConnector(provider.issuer)
    const [mine, other] = await Promise.all([connector.begin(), connector.begin()])
    const callback = provider.approve(other.redirectTo)
    callback.searchParams.set('state', mine.redirectTo.searchParams.get('state') ?? '')
    expect(await failureOf(mine.complete(callback))).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test('that came in on another host redeems for the registered address', async () => {
    const leg = await (await openConnector(provider.issuer)).begin()
    const { search } = provider.approve(leg.redirectTo)
    expect((await leg.complete(new URL(`http://attacker.example/x${search}`))).key.subject).toBe('mila')
    expect(leg.redirectTo.searchParams.get('redirect_uri')).toBe(CALLBACK)
  })
})
