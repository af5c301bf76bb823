import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CompactEncrypt, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import { itsmeConfigSchema } from '#src/upstream/itsme/config.ts'
import { createItsme } from '#src/upstream/itsme/connect.ts'

type Fixture = {
  readonly issuer: string
  readonly jweHeader: { readonly alg: string; readonly enc: string; readonly kid?: string }
  readonly jwsHeader: { readonly alg: string; readonly kid: string }
  readonly tokenResponse: object
  readonly idToken: Record<string, unknown>
  readonly userinfoType: string
  readonly userinfo: Record<string, unknown>
}

import { testKeys } from './support.ts'

const CALLBACK = 'https://pias.example/callback/itsme'
const SUBJECT = 'k3v9q2m7x1c8b5n4z6w0r2t9y7u1i3o5p8as'

const read = (name: string): Fixture =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'))

const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

/** An itsme that has nothing but a fixture to say; it answers by `fetch`, without a network. */
const startRecorded = async (fixture: Fixture) => {
  const keys = await testKeys()
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const published = keys.publicJwks().keys.find(({ use }) => use === 'enc')
  const bare = { kty: 'RSA', n: published?.n ?? '', e: published?.e ?? '' }
  const kid = await calculateJwkThumbprint(bare)
  const now = Math.floor(Date.now() / 1000)
  const nonce = { value: '' }

  const issue = async (payload: Record<string, unknown>): Promise<string> => {
    const filled = Object.entries(payload).map(([name, value]) => [name, value === '<now>' ? now : value])
    const jws = await new SignJWT({
      sub: SUBJECT,
      aud: 'P',
      iss: fixture.issuer,
      iat: now,
      ...Object.fromEntries(filled),
    })
      .setProtectedHeader(fixture.jwsHeader)
      .setExpirationTime(now + 300)
      .sign(privateKey)
    return new CompactEncrypt(Buffer.from(jws))
      .setProtectedHeader({ ...fixture.jweHeader, ...('kid' in fixture.jweHeader ? { kid } : {}) })
      .encrypt(await importJWK(bare, fixture.jweHeader.alg))
  }

  const answers: Record<string, () => Promise<Response>> = {
    '/.well-known/openid-configuration': async () =>
      Response.json({
        issuer: fixture.issuer,
        authorization_endpoint: `${fixture.issuer}/authorization`,
        token_endpoint: `${fixture.issuer}/token`,
        userinfo_endpoint: `${fixture.issuer}/userinfo`,
        jwks_uri: `${fixture.issuer}/jwkSet`,
      }),
    '/jwkSet': async () => Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: 's1', use: 'sig' }] }),
    '/token': async () =>
      Response.json({
        ...fixture.tokenResponse,
        access_token: 'at',
        id_token: await issue({ ...fixture.idToken, nonce: nonce.value }),
      }),
    '/userinfo': async () =>
      new Response(await issue(fixture.userinfo), { headers: { 'content-type': fixture.userinfoType } }),
  }

  const idp = createItsme({
    config: itsmeConfigSchema.parse({
      kind: 'itsme',
      issuer: fixture.issuer,
      clientId: 'P',
      serviceCodes: { login: 'A', registration: 'B', confirmation: 'C' },
    }),
    keys,
    clock: Date.now,
    logger,
    shelf: { put: async () => '' },
    fetch: async input =>
      answers[String(input).slice(fixture.issuer.length)]?.() ?? new Response(null, { status: 404 }),
  })

  const logIn = async () => {
    const { redirectTo, handoff } = await idp.begin({
      purpose: 'login',
      locale: 'nl',
      acr: undefined,
      state: 's',
      callbackUrl: CALLBACK,
    })
    nonce.value = new URL(redirectTo).searchParams.get('nonce') ?? ''
    return idp.complete({ callback: new URL(`${CALLBACK}?code=c&state=s`), state: 's', callbackUrl: CALLBACK, handoff })
  }

  return { logIn, now }
}

const PERSON = {
  familyName: 'Vandenbroucke',
  birthdate: '1988-03-14',
  gender: 'female',
  phoneNumber: '+32 470123456',
  phoneVerified: true,
}
const EMAIL = { email: 'lotte@example.com', emailVerified: false }
const ADDRESS = { streetAddress: 'Zennestraat 32 bus 20', postalCode: '1000', locality: 'BRUSSEL' }

describe('tokens of the recorded shape of', () => {
  test.each([
    [
      'v1',
      {
        acr: 'urn:pias:acr:advanced',
        amr: ['mfa', 'pin'],
        claims: {
          ...PERSON,
          ...EMAIL,
          name: 'Lotte Marie Vandenbroucke',
          givenName: 'Lotte Marie',
          locale: 'nl',
          address: { ...ADDRESS, country: 'BE' },
        },
      },
    ],
    [
      'v2',
      {
        acr: 'urn:pias:acr:basic',
        amr: ['mfa'],
        claims: {
          ...PERSON,
          ...EMAIL,
          name: 'Lotte Marie A Vandenbroucke',
          givenName: 'Lotte Marie A',
          locale: 'nl',
          address: { ...ADDRESS, formatted: 'Zennestraat 32 bus 20 1000 BRUSSEL' },
        },
      },
    ],
    [
      'v2-2021',
      {
        acr: 'urn:pias:acr:basic',
        amr: ['mfa'],
        claims: { ...PERSON, name: 'Lotte Marie A Vandenbroucke', givenName: 'Lotte Marie A', locale: 'fr' },
      },
    ],
  ])('%s make a login', async (name, expected) => {
    const fixture = read(name)
    const { logIn, now } = await startRecorded(fixture)
    expect(await logIn()).toEqual({
      upstream: 'itsme',
      assurance: 'verified',
      key: { issuer: fixture.issuer, clientId: 'P', subject: SUBJECT },
      authTime: now,
      ...expected,
    })
  })
})
