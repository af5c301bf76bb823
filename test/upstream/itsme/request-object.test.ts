import {
  compactDecrypt,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
} from 'jose'
import type { Approval } from '#src/kernel/identity.ts'
import { createRequestObject } from '#src/upstream/itsme/authorization/request-object.ts'
import { importEncryptionKey } from '#src/upstream/itsme/encryption-key.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { startPias } from '#test/support/start-pias.ts'
import { CLIENT_ID, failureOf, recordingFetch, startWorld, testKeys, type World } from './support.ts'

const DISCOVERY = '/v2/.well-known/openid-configuration'

const PAYMENT = { kind: 'payment', amount: 1999, currency: 'EUR', iban: 'BE68539007547034' } as const

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => world.control('reset'))

describe('a request object', () => {
  test('is signed by PIAS, encrypted to itsme, short-lived and one of a kind', async () => {
    const now = 1_795_300_000
    const keys = await testKeys()
    const { privateKey, publicKey } = await generateKeyPair('RSA-OAEP-256')
    const config = { clientId: 'P', issuer: 'https://idp.e2e.itsme.services/v2' }
    const create = createRequestObject({ config, signing: keys.signing, clock: () => now * 1000 })
    const claims = { id_token: { name: null } }
    const make = () => create({ scope: 'openid service:A', claims }, { kid: 'itsme-1', key: publicKey })

    const object = await make()
    const opened = await compactDecrypt(object, privateKey)
    expect(opened.protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT', kid: 'itsme-1' })
    const jws = Buffer.from(opened.plaintext).toString()
    const [published] = keys.publicJwks().keys
    const { payload } = await jwtVerify(jws, await importJWK({ ...published, kty: 'RSA' }, 'RS256'), {
      currentDate: new Date(now * 1000),
    })
    expect(decodeProtectedHeader(jws)).toEqual({ alg: 'RS256', kid: keys.signing().kid })
    expect(payload).toEqual({
      iss: 'P',
      aud: 'https://idp.e2e.itsme.services/v2',
      iat: now,
      exp: now + 300,
      jti: expect.any(String),
      scope: 'openid service:A',
      claims,
    })
    const again = await compactDecrypt(await make(), privateKey)
    expect(decodeJwt(Buffer.from(again.plaintext).toString()).jti).not.toBe(payload.jti)
  })
})

describe.each(['request', 'request_uri'] as const)('with request objects by %s', mode => {
  test('a login is one, and the query says no more than it must', async () => {
    const connector = world.connector({ config: { requestObject: mode } })
    const leg = await connector.begin({ locale: 'fr', acr: 'urn:pias:acr:advanced' })
    const query = Object.fromEntries(leg.redirectTo.searchParams)
    expect(query).toEqual({
      response_type: 'code',
      client_id: CLIENT_ID,
      scope: 'openid service:T_LOGIN profile email phone address',
      [mode]: expect.any(String),
    })
    const identity = await leg.complete(await connector.visit(leg, 'lotte'))
    expect(identity).toMatchObject({ acr: 'urn:pias:acr:advanced', claims: { familyName: 'Vandenbroucke' } })
  })

  test.each(['login', 'registration', 'confirmation'] as const)('purpose %s is let in', async purpose => {
    const connector = world.connector({ config: { requestObject: mode } })
    const approval = purpose === 'confirmation' ? { approval: PAYMENT } : {}
    expect((await connector.logIn('lotte', { purpose, ...approval })).claims.familyName).toBe('Vandenbroucke')
  })

  test('itsme’s key is fetched once for many legs', async () => {
    const calls = recordingFetch()
    const connector = world.connector({ fetch: calls.fetch, config: { requestObject: mode } })
    await Promise.all([connector.begin(), connector.begin(), connector.begin()])
    expect(calls.count('/v2/jwkSet')).toBe(1)
  })

  test('no leg begins without itsme’s key', async () => {
    await world.control('fault', { endpoint: 'jwkSet', kind: 'error' })
    const connector = world.connector({ config: { requestObject: mode } })
    expect(await failureOf(connector.begin())).toMatchObject({ code: 'upstream.unavailable' })
  })
})

describe('request_uri', () => {
  test('is under the registered prefix, and a second visit finds nothing', async () => {
    const connector = world.connector({ config: { requestObject: 'request_uri' } })
    const leg = await connector.begin()
    const uri = leg.redirectTo.searchParams.get('request_uri') ?? ''
    expect(uri.startsWith(world.urls.requestPrefix)).toBe(true)
    await connector.visit(leg, 'lotte')
    expect((await fetch(uri)).status).toBe(404)
  })
})

describe('a whole PIAS', () => {
  test.each(['request', 'request_uri'])('logs a person in with %s, and shows nothing of it in the URL', async mode => {
    const running = await startPias({ config: { upstreams: { itsme: { requestObject: mode } } } })
    try {
      const urls = upstreamUrls(running.issuer, 'itsme')
      running.simulator.register({
        clientId: 'PIAS_DEMO',
        redirectUris: [urls.callback],
        jwksUri: urls.jwks,
        requestUris: [urls.requestPrefix],
        serviceCodes: { PIAS_LOGIN: { service: 'authentication' } },
      })
      const [app, browser] = [createTestApp(running), createHttpBrowser()]
      const request = app.authorize()
      const answers = await logIn(browser, request.url, 'lotte')
      const asked = new URL(answers[0]?.location ?? 'none:').searchParams
      expect([...asked.keys()].sort()).toEqual(['client_id', mode, 'response_type', 'scope'])
      const tokens = await redeem(app, browser, answers, request)
      expect(claimsOf(tokens.id_token)).toHaveProperty('sub')
    } finally {
      await running.close()
    }
  })
})

describe('what there is to confirm', () => {
  const refusal = async (approval?: Approval) =>
    failureOf(world.connector().begin({ purpose: 'confirmation', ...(approval === undefined ? {} : { approval }) }))

  test.each<[string, Approval | undefined, RegExp]>([
    ['nothing', undefined, /nothing to confirm/],
    ['an empty text', { kind: 'text', text: ' ' }, /1 to 7500/],
    ['a text of 7501 characters', { kind: 'text', text: 'x'.repeat(7501) }, /1 to 7500/],
    ['a text outside ISO-8859-15', { kind: 'text', text: 'Order Ω' }, /ISO-8859-15/],
    ['the character that Latin-9 replaced', { kind: 'text', text: '¤' }, /ISO-8859-15/],
    ['a broken amount', { ...PAYMENT, amount: 1.5 }, /positive integer/],
    ['an amount of nothing', { ...PAYMENT, amount: 0 }, /positive integer/],
  ])('%s never goes to itsme', async (_what, approval, reason) => {
    expect(await refusal(approval)).toMatchObject({ code: 'request.invalid', detail: expect.stringMatching(reason) })
  })

  test('is shown as it is asked: the longest text, in letters of ISO-8859-15', async () => {
    const approval = { kind: 'text', text: `${'x'.repeat(7490)} é€Žœ ÿ<br>`.slice(0, 7500) } as const
    // Too long for a URL: it goes by reference.
    const connector = world.connector({ config: { requestObject: 'request_uri' } })
    const identity = await connector.logIn('lotte', { purpose: 'confirmation', approval })
    expect(identity.claims.familyName).toBe('Vandenbroucke')
  })
})

describe('without request objects', () => {
  test('confirmation has one all the same: itsme takes none without', async () => {
    const connector = world.connector()
    const leg = await connector.begin({
      purpose: 'confirmation',
      approval: { kind: 'text', text: 'Move to 5 € a month?' },
    })
    expect(leg.redirectTo.searchParams.has('request')).toBe(true)
    expect((await leg.complete(await connector.visit(leg, 'lotte'))).claims.familyName).toBe('Vandenbroucke')
  })

  test.each([
    ['login', 'T_LOGIN'],
    ['registration', 'T_REGISTRATION'],
  ] as const)('%s goes to the service %s', async (purpose, code) => {
    const calls = recordingFetch()
    const { redirectTo } = await world.connector({ fetch: calls.fetch }).begin({ purpose })
    expect(redirectTo.searchParams.get('scope')?.split(' ')).toContain(`service:${code}`)
    expect(redirectTo.searchParams.has('request') || redirectTo.searchParams.has('request_uri')).toBe(false)
    expect([calls.count(DISCOVERY), calls.count('/v2/jwkSet')]).toEqual([1, 0])
  })
})

describe('importEncryptionKey', () => {
  test('takes the RSA key that is for encryption, whatever stands beside it', async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'e1', use: 'enc' }
    const others = [null, { kty: 'EC', use: 'enc', kid: 'x' }, { ...jwk, use: 'sig' }, { ...jwk, alg: 'RSA1_5' }]
    const key = await importEncryptionKey(JSON.stringify({ keys: [...others, jwk] }))
    expect(key.kid).toBe('e1')
    expect(key.key.algorithm).toMatchObject({ name: 'RSA-OAEP', hash: { name: 'SHA-256' } })
  })

  test.each([
    ['is no JSON', 'x'],
    ['has no keys', '{}'],
    ['has none for encryption', '{"keys":[{"kty":"RSA","use":"sig","kid":"1"}]}'],
    ['has one without a kid', '{"keys":[{"kty":"RSA","use":"enc"}]}'],
    ['has one that is none', '{"keys":[{"kty":"RSA","use":"enc","kid":"1","n":"","e":""}]}'],
  ])('a JWKS that %s ends no leg half-way', async (_what, jwks) => {
    expect(await failureOf(importEncryptionKey(jwks))).toMatchObject({ code: 'upstream.unavailable' })
  })
})
