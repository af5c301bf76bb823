import { jest } from '@jest/globals'
import { CLIENT_ID, failureOf, recordingFetch, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => world.control('reset'))

const LOTTE = {
  name: 'Lotte Marie Vandenbroucke',
  givenName: 'Lotte Marie',
  familyName: 'Vandenbroucke',
  birthdate: '1988-03-14',
  gender: 'female',
  locale: 'nl',
  email: 'lotte.vandenbroucke@example.com',
  emailVerified: false,
  phoneNumber: '+32 470123456',
  phoneVerified: true,
  address: {
    streetAddress: 'Zennestraat 32 bus 20',
    postalCode: '1000',
    locality: 'BRUSSEL',
    formatted: 'Zennestraat 32 bus 20 1000 BRUSSEL',
  },
}

describe('a login by itsme', () => {
  test('yields who the persona is, without a userinfo call', async () => {
    const calls = recordingFetch()
    const identity = await world.connector({ fetch: calls.fetch }).logIn('lotte')
    expect(identity).toEqual({
      upstream: 'itsme',
      assurance: 'verified',
      key: { issuer: world.simulator.issuer, clientId: CLIENT_ID, subject: expect.stringMatching(/^[a-z0-9]{36}$/) },
      acr: 'urn:pias:acr:basic',
      amr: ['mfa'],
      authTime: expect.any(Number),
      claims: LOTTE,
      signals: { callInProgress: false },
    })
    expect(calls.count('/v2/token')).toBe(1)
    expect(calls.count('/v2/userinfo')).toBe(0)
  })

  test('asks metadata and keys once for any number of logins', async () => {
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch })
    await Promise.all(['lotte', 'nora', 'thomas'].map(persona => connector.logIn(persona)))
    await connector.logIn('lotte')
    expect(calls.count('/v2/.well-known/openid-configuration')).toBe(1)
    expect(calls.count('/v2/jwkSet')).toBe(1)
    expect(calls.count('/v2/token')).toBe(4)
  })

  test('is the same subject each time, another for another person, and a new one for a new itsme account', async () => {
    const connector = world.connector()
    const first = await connector.logIn('twin-a')
    expect((await connector.logIn('twin-a')).key).toEqual(first.key)
    expect((await connector.logIn('twin-b')).key.subject).not.toBe(first.key.subject)
    await world.control('recreate', { persona: 'twin-a' })
    expect((await connector.logIn('twin-a')).key.subject).not.toBe(first.key.subject)
  })

  test('asks for what the leg is about', async () => {
    const connector = world.connector()
    const leg = await connector.begin({ purpose: 'registration', locale: 'fr', acr: 'urn:pias:acr:advanced' })
    const query = leg.redirectTo.searchParams
    expect(leg.redirectTo.origin + leg.redirectTo.pathname).toBe(`${world.simulator.issuer}/authorization`)
    expect(query.get('scope')).toBe('openid service:T_REGISTRATION profile email phone address')
    expect(query.get('ui_locales')).toBe('fr')
    expect(query.get('acr_values')).toBe('http://itsme.services/v2/claim/acr_advanced')
    expect(query.get('response_type')).toBe('code')
    expect(query.get('code_challenge_method')).toBe('S256')
    expect(Object.keys(JSON.parse(query.get('claims') ?? '{}').id_token)).toEqual(
      expect.arrayContaining(['family_name', 'birthdate', 'phone_number', 'address', 'email']),
    )
    expect(leg.redirectTo.href).not.toMatch(/eid|NationalNumber/i)
    expect((await leg.complete(await connector.visit(leg, 'lotte'))).acr).toBe('urn:pias:acr:advanced')
  })

  test('has a nonce, a PKCE challenge and a state of its own', async () => {
    const connector = world.connector()
    const legs = await Promise.all([connector.begin(), connector.begin()])
    for (const name of ['nonce', 'code_challenge', 'state']) {
      expect(new Set(legs.map(leg => leg.redirectTo.searchParams.get(name))).size).toBe(2)
    }
  })
})

describe('forms in which itsme may answer', () => {
  test.each([
    { encryptionAlg: 'RSA-OAEP' },
    { encryptionEnc: 'A256GCM' },
    { jweKid: 'off' },
    { jweKid: 'off', encryptionAlg: 'RSA-OAEP' },
    { acr: 'V2' },
    { acr: 'absent', authTime: 'off' },
    { address: 'string' },
    { pkce: 'optional' },
  ])('%j', async switches => {
    await world.control('config', switches)
    const { acr, claims, authTime } = await world.connector().logIn('lotte')
    expect(acr).toBe('urn:pias:acr:basic')
    expect(claims).toEqual(LOTTE)
    expect(authTime).toBeGreaterThan(1_700_000_000)
  })

  test('levels go up and come down as the configuration maps them', async () => {
    const [BASIC, ADVANCED] = ['urn:pias:acr:basic', 'urn:pias:acr:advanced'] as const
    const itsmes = (level: string) => `http://itsme.services/v2/claim/acr_${level}`
    // The other way round, which no default would do.
    const request = { [BASIC]: itsmes('advanced'), [ADVANCED]: itsmes('basic') }
    const accept = { [itsmes('advanced')]: BASIC, [itsmes('basic')]: ADVANCED }
    const connector = world.connector({ config: { acr: { request, accept } } })
    for (const acr of [BASIC, ADVANCED]) {
      const leg = await connector.begin({ acr })
      expect(leg.redirectTo.searchParams.get('acr_values')).toBe(request[acr])
      expect((await leg.complete(await connector.visit(leg, 'lotte'))).acr).toBe(acr)
    }
    expect((await connector.begin()).redirectTo.searchParams.has('acr_values')).toBe(false)
    const strict = world.connector({ config: { acr: { accept: { [itsmes('advanced')]: ADVANCED } } } })
    expect(await failureOf(strict.logIn('lotte'))).toMatchObject({
      code: 'upstream.invalid_response',
      detail: 'ID token has an acr that is not configured',
    })
  })

  test('an ID token without acr is refused where configuration says so', async () => {
    await world.control('config', { acr: 'absent' })
    const connector = world.connector({ config: { acr: { absent: 'refuse' } } })
    expect(await failureOf(connector.logIn('lotte'))).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test('a new signing key is fetched once the known ones are a minute old, and not before', async () => {
    const realNow = Date.now.bind(Date)
    let offset = 0
    const now = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + offset)
    try {
      const calls = recordingFetch()
      const connector = world.connector({ fetch: calls.fetch, clock: Date.now })
      await connector.logIn('lotte')
      await world.control('rotate-keys')
      expect(await failureOf(connector.logIn('lotte'))).toMatchObject({ code: 'upstream.invalid_response' })
      expect(calls.count('/v2/jwkSet')).toBe(1)
      offset = 61_000
      expect((await connector.logIn('lotte')).claims).toEqual(LOTTE)
      expect(calls.count('/v2/jwkSet')).toBe(2)
    } finally {
      now.mockRestore()
    }
  })
})

test('an itsme that signs each token with a new key is asked for its keys once a minute, and no more', async () => {
  const calls = recordingFetch()
  const connector = world.connector({ fetch: calls.fetch })
  await world.control('config', { keyRotation: 'each-token' })
  expect((await connector.logIn('lotte')).claims).toEqual(LOTTE)
  for (let login = 0; login < 3; login++) {
    expect(await failureOf(connector.logIn('lotte'))).toMatchObject({ code: 'upstream.invalid_response' })
  }
  expect(calls.count('/v2/jwkSet')).toBe(1)
})

describe('what itsme noticed', () => {
  test('a call while the person approved is told', async () => {
    expect((await world.connector().logIn('ongoing-call')).signals).toEqual({ callInProgress: true })
  })

  test('the age is in the birth date: a minor is one on any day', async () => {
    const { claims } = await world.connector().logIn('minor')
    const years = (Date.now() - Date.parse(claims.birthdate ?? '')) / (365.25 * 24 * 3600_000)
    expect(Math.floor(years)).toBe(16)
  })
})

describe('what people lack', () => {
  test('no e-mail: the claim is absent', async () => {
    const { claims } = await world.connector().logIn('no-email')
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('emailVerified')
    expect(claims).toMatchObject({ familyName: 'Lambrechts', locale: 'fr' })
  })

  test('Dutch document: no address', async () => {
    const { claims } = await world.connector().logIn('dutch-document')
    expect(claims).not.toHaveProperty('address')
    expect(claims.familyName).toBe('van der Meer')
  })

  test('one name only: no given name', async () => {
    const { claims } = await world.connector().logIn('no-given-name')
    expect(claims).not.toHaveProperty('givenName')
    expect(claims).toMatchObject({ name: 'Suryanto', familyName: 'Suryanto' })
  })

  test('birth year only: no birth date, and userinfo was asked once', async () => {
    const calls = recordingFetch()
    const { claims } = await world.connector({ fetch: calls.fetch }).logIn('no-birthdate')
    expect(claims).not.toHaveProperty('birthdate')
    expect(calls.count('/v2/userinfo')).toBe(1)
  })
})
