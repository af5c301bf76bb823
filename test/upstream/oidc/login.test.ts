import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientMetadata } from 'oidc-provider'
import { memoryKeys } from '#test/support/memory-keys.ts'
import { type PartnerProvider, startPartnerProvider } from './partner-provider.ts'
import { BASIC, CALLBACK, CLIENT_ID, failureOf, openConnector, SECRET } from './support.ts'

/** The connector against an independent implementation: oidc-provider, configured as anybody would. */
const MILA = {
  name: 'Mila Desmet',
  given_name: 'Mila',
  family_name: 'Desmet',
  birthdate: '1990-05-17',
  locale: 'fr-BE',
  email: 'mila.desmet@example.com',
  email_verified: true,
  phone_number: '+32470998877',
  address: { street_address: 'Lindelaan 7', postal_code: '9000', locality: 'Gent', country: 'BE' },
}

const CLIENT: ClientMetadata = {
  client_id: CLIENT_ID,
  client_secret: SECRET,
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code'],
  response_types: ['code'],
}

let partner: PartnerProvider
beforeAll(async () => {
  partner = await startPartnerProvider({
    mila: { claims: MILA },
    strong: { claims: MILA, acr: 'urn:partner:strong', amr: ['pwd', 'otp', 'partner-made'] },
  })
})
afterAll(() => partner.close())
beforeEach(() => partner.register([CLIENT]))

describe('a login at a standard OpenID provider', () => {
  test('yields who the person is, from userinfo, as asserted', async () => {
    const identity = await (await openConnector(partner.issuer)).logIn('mila')
    expect(identity).toEqual({
      upstream: 'partner',
      assurance: 'asserted',
      key: { issuer: partner.issuer, clientId: CLIENT_ID, subject: 'mila' },
      acr: BASIC,
      amr: [],
      authTime: expect.any(Number),
      claims: {
        name: 'Mila Desmet',
        givenName: 'Mila',
        familyName: 'Desmet',
        birthdate: '1990-05-17',
        locale: 'fr',
        email: 'mila.desmet@example.com',
        emailVerified: true,
        phoneNumber: '+32470998877',
        phoneVerified: false,
        address: { streetAddress: 'Lindelaan 7', postalCode: '9000', locality: 'Gent', country: 'BE' },
      },
    })
  })

  test('is verified where the configuration vouches for it', async () => {
    const verified = { phone: true, email: true, identity: true }
    const identity = await (await openConnector(partner.issuer, { config: { verified } })).logIn('mila')
    expect(identity).toMatchObject({ assurance: 'verified', claims: { phoneVerified: true, emailVerified: true } })
  })

  test('without userinfo says only who', async () => {
    const identity = await (await openConnector(partner.issuer, { config: { userinfo: 'never' } })).logIn('mila')
    expect(identity).toMatchObject({ key: { subject: 'mila' }, claims: {} })
  })

  test('refused by the person is denied', async () => {
    const error = await failureOf((await openConnector(partner.issuer)).logIn('refuse'))
    expect(error).toMatchObject({ code: 'upstream.denied', detail: 'authorization ended in access_denied' })
  })

  test('asks with PKCE, nonce, state, language and the configured scope', async () => {
    const connector = await openConnector(partner.issuer, { config: { scope: 'openid email' } })
    const [{ redirectTo }, other] = await Promise.all([connector.begin(), connector.begin()])
    expect(Object.fromEntries(redirectTo.searchParams)).toEqual({
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid email',
      state: expect.stringMatching(/^attempt\./),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      ui_locales: 'nl',
    })
    for (const name of ['nonce', 'code_challenge']) {
      expect(other.redirectTo.searchParams.get(name)).not.toBe(redirectTo.searchParams.get(name))
    }
  })
})

describe('levels', () => {
  const acr = {
    request: { 'urn:pias:acr:advanced': 'urn:partner:strong' },
    accept: { 'urn:partner:strong': 'urn:pias:acr:advanced' },
  }

  test('are mapped both ways, and known methods passed on', async () => {
    const connector = await openConnector(partner.issuer, { config: { acr } })
    const leg = await connector.begin({ acr: 'urn:pias:acr:advanced' })
    expect(leg.redirectTo.searchParams.get('acr_values')).toBe('urn:partner:strong')
    expect(await leg.complete(await connector.visit(leg, 'strong'))).toMatchObject({
      acr: 'urn:pias:acr:advanced',
      amr: ['pwd', 'otp'],
    })
  })

  test.each([
    ['an unlisted one', 'strong', {}, 'ID token has an acr that is not configured'],
    ['none, by default', 'mila', acr, 'ID token has no acr'],
  ])('%s logs nobody in', async (_what, persona, map, detail) => {
    const connector = await openConnector(partner.issuer, { config: { acr: map } })
    expect(await failureOf(connector.logIn(persona))).toMatchObject({ code: 'upstream.invalid_response', detail })
  })
})

describe('client authentication', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'pias-oidc-'))
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  test.each(['client_secret_basic', 'client_secret_post'] as const)('by %s, the secret in a file', async method => {
    const secretFile = join(dir, method)
    writeFileSync(secretFile, `${SECRET}\n`)
    partner.register([{ ...CLIENT, token_endpoint_auth_method: method }])
    const connector = await openConnector(partner.issuer, { config: { authentication: { method, secretFile } } })
    expect((await connector.logIn('mila')).key.subject).toBe('mila')
    expect(connector.publicJwks).toBeUndefined()
  })

  test.each([
    ['no file', 'none', 'config.unreadable'],
    ['an empty file', 'empty', 'config.invalid'],
  ])('with %s does not start', async (_what, name, code) => {
    writeFileSync(join(dir, 'empty'), '\n')
    const authentication = { method: 'client_secret_post', secretFile: join(dir, name) }
    expect(await failureOf(openConnector(partner.issuer, { config: { authentication } }))).toMatchObject({ code })
  })

  test.each([
    ['ES256', 'issuer'],
    ['RS256', 'token_endpoint'],
  ])('by private_key_jwt, %s, addressed to the %s', async (alg, audience) => {
    const keys = memoryKeys()
    const config = { authentication: { method: 'private_key_jwt', alg, audience } }
    const connector = await openConnector(partner.issuer, { config, keys })
    const jwks = connector.publicJwks?.()
    const jwksServer = createServer((_request, response) => response.end(JSON.stringify(jwks)))
    jwksServer.listen(0, '127.0.0.1')
    await once(jwksServer, 'listening')
    partner.register([
      {
        client_id: CLIENT_ID,
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: alg as 'ES256',
        jwks_uri: `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks`,
      },
    ])
    const { key } = await connector.logIn('mila').finally(() => {
      jwksServer.close()
      jwksServer.closeAllConnections()
    })
    expect(key.subject).toBe('mila')
    expect(await keys.names('')).toEqual([`upstream.partner.${alg}`])
    expect(jwks?.keys).toEqual([expect.objectContaining({ use: 'sig', alg, kid: expect.any(String) })])
    expect(JSON.stringify(jwks)).not.toMatch(/"(d|p|q|dp|dq|qi)":/)
    const again = await openConnector(partner.issuer, { config, keys })
    expect(again.publicJwks?.()).toEqual(jwks)
  })

  test('with a wrong secret is refused by the partner, and the error tells nothing secret', async () => {
    const authentication = { method: 'client_secret_basic', secret: 'another synthetic secret' }
    const error = await failureOf((await openConnector(partner.issuer, { config: { authentication } })).logIn('mila'))
    expect(error).toMatchObject({ code: 'upstream.invalid_response' })
    expect(String(error)).not.toContain('another')
  })
})

test.each(['RS256', 'ES256'] as const)('ID tokens signed with %s are taken where that is configured', async alg => {
  partner.register([{ ...CLIENT, id_token_signed_response_alg: alg }])
  const expected = await openConnector(partner.issuer, { config: { idTokenAlg: alg } })
  expect((await expected.logIn('mila')).key.subject).toBe('mila')
  const other = await openConnector(partner.issuer, { config: { idTokenAlg: alg === 'RS256' ? 'ES256' : 'RS256' } })
  expect(await failureOf(other.logIn('mila'))).toMatchObject({ code: 'upstream.invalid_response' })
})
