import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jest } from '@jest/globals'
import { exportJWK, generateKeyPair } from 'jose'
import Koa, { type Context } from 'koa'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'
import { itsmeConfigSchema } from '#src/upstream/itsme/config.ts'
import { createItsme } from '#src/upstream/itsme/connect.ts'
import type { ItsmeKeys } from '#src/upstream/itsme/keys.ts'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { failureOf, recordingFetch, testKeys } from './support.ts'

/**
 * oidc-provider with itsme's algorithms: a second opinion by people who never saw the connector. It checks the nested
 * request object and the client assertion, and makes the nested tokens, all by its own code.
 */

const CLIENT_ID = 'SECOND'
const ACR = 'http://itsme.services/v2/claim/acr_advanced'
const CALLBACK = 'http://127.0.0.1:9/callback/itsme'
const PERSON = {
  sub: 'k3v9q2m7x1c8b5n4z6w0r2t9y7u1i3o5p8as',
  name: 'Lotte Marie Vandenbroucke',
  given_name: 'Lotte Marie',
  family_name: 'Vandenbroucke',
  birthdate: '1988-03-14',
  gender: 'female',
  locale: 'NL',
  email: 'lotte@example.com',
  phone_number: '+32 470123456',
  address: { street_address: 'Zennestraat 32 bus 20', postal_code: '1000', locality: 'BRUSSEL' },
  'http://itsme.services/v2/claim/ongoing_call': true,
}

const makeJwk = async (alg: string, use: 'sig' | 'enc') => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, use, kid: `${use}-1` }
}

const listen = async (handler: RequestListener) => {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** What itsme registers of a partner. */
const clientMetadata = (jwksUri: string, alg: string, enc: string): ClientMetadata => ({
  client_id: CLIENT_ID,
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  jwks_uri: jwksUri,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'RS256',
  id_token_signed_response_alg: 'RS256',
  id_token_encrypted_response_alg: alg as never,
  id_token_encrypted_response_enc: enc as never,
  userinfo_signed_response_alg: 'RS256',
  userinfo_encrypted_response_alg: alg as never,
  userinfo_encrypted_response_enc: enc as never,
  request_object_signing_alg: 'RS256',
  request_object_encryption_alg: 'RSA-OAEP-256',
  request_object_encryption_enc: 'A128CBC-HS256',
})

const settings = (client: ClientMetadata, jwks: object[]): Configuration => ({
  clients: [client],
  jwks: { keys: jwks } as never,
  cookies: { keys: ['a synthetic cookie key'] },
  scopes: ['openid', 'service:LOGIN', 'service:CONFIRM'],
  acrValues: [ACR],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale'],
    email: ['email'],
    phone: ['phone_number'],
    address: ['address'],
    acr: null as never,
    'http://itsme.services/v2/claim/ongoing_call': null as never,
  },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    encryption: { enabled: true },
    jwtUserinfo: { enabled: true },
    requestObjects: { enabled: true },
  },
  enabledJWA: {
    clientAuthSigningAlgValues: ['RS256'],
    idTokenEncryptionAlgValues: ['RSA-OAEP', 'RSA-OAEP-256'],
    userinfoEncryptionAlgValues: ['RSA-OAEP', 'RSA-OAEP-256'],
    requestObjectEncryptionAlgValues: ['RSA-OAEP-256'],
  },
  // Without the library's guard against addresses of this machine, where the partner's keys are.
  fetch: (url, options) => fetch(url as URL, options as RequestInit),
  findAccount: (_ctx, accountId) => ({ accountId, claims: async () => PERSON }),
  pkce: { required: () => true },
  responseTypes: ['code'],
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 300, Interaction: 600, Session: 600 },
})

/** Logs everybody in at once, as the person of the test. */
const approve = async (provider: Provider, ctx: Context): Promise<void> => {
  const { params } = await provider.interactionDetails(ctx.req, ctx.res)
  const grant = new provider.Grant({ clientId: CLIENT_ID, accountId: PERSON.sub })
  grant.addOIDCScope(String(params.scope))
  grant.addOIDCClaims(Object.keys(PERSON))
  await provider.interactionFinished(ctx.req, ctx.res, {
    login: { accountId: PERSON.sub, acr: ACR },
    consent: { grantId: await grant.save() },
  })
}

const startSecond = async (keys: ItsmeKeys, alg: string, enc: string) => {
  const routes = createUpstreamRoutes(new Map([['itsme', { publicJwks: keys.publicJwks }]]))
  const partner = await listen(new Koa().use(routes.routes()).callback())
  let handler: RequestListener = () => {}
  const { server, origin } = await listen((request, response) => handler(request, response))
  const client = clientMetadata(`${partner.origin}/upstream/itsme/jwks`, alg, enc)
  const jwks = await Promise.all([makeJwk('RS256', 'sig'), makeJwk('RSA-OAEP-256', 'enc')])
  const provider = new Provider(origin, settings(client, jwks))
  provider.use((ctx, next) => (ctx.path.startsWith('/interaction/') ? approve(provider, ctx) : next()))
  handler = provider.callback()
  const close = () => {
    for (const one of [server, partner.server]) {
      one.close()
      one.closeAllConnections()
    }
  }
  return { issuer: origin, close }
}

/** The browser: follows redirects with its cookies until it is sent to the callback. */
const browse = async (start: string): Promise<URL> => {
  const cookies = new Map<string, string>()
  let url = start
  for (let hop = 0; hop < 10 && !url.startsWith(CALLBACK); hop++) {
    const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const header of response.headers.getSetCookie()) {
      const [name = '', value = ''] = header.split(';')[0]?.split('=') ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    url = new URL(location, url).href
  }
  return new URL(url)
}

const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

/** The library says at each start what its memory store and development keys are not for. */
beforeAll(() => {
  jest.spyOn(console, 'warn').mockImplementation(silent)
  jest.spyOn(console, 'info').mockImplementation(silent)
})
afterAll(() => jest.restoreAllMocks())

describe.each([
  ['RSA-OAEP-256', 'A128CBC-HS256'],
  ['RSA-OAEP', 'A256GCM'],
])('the connector at oidc-provider with %s and %s', (alg, enc) => {
  let keys: ItsmeKeys
  let second: Awaited<ReturnType<typeof startSecond>>
  beforeAll(async () => {
    keys = await testKeys()
    second = await startSecond(keys, alg, enc)
  })
  afterAll(() => second.close())

  const connect = (config: object, fetch = globalThis.fetch) =>
    createItsme({
      config: itsmeConfigSchema.parse({
        kind: 'itsme',
        issuer: second.issuer,
        clientId: CLIENT_ID,
        serviceCodes: { login: 'LOGIN', registration: 'LOGIN', confirmation: 'CONFIRM' },
        ...config,
      }),
      keys,
      clock: Date.now,
      logger,
      shelf: { put: async () => '' },
      fetch,
    })

  const APPROVAL = { kind: 'text', text: 'Synthetic order 7' } as const
  const LEG = { locale: 'fr', acr: 'urn:pias:acr:advanced', state: 's', callbackUrl: CALLBACK } as const

  test.each([
    ['login', 'off'],
    ['login', 'request'],
    ['confirmation', 'off'],
  ] as const)('a %s with request objects %s', async (purpose, requestObject) => {
    const calls = recordingFetch()
    const idp = connect({ requestObject }, calls.fetch)
    const { redirectTo, handoff } = await idp.begin({
      ...LEG,
      purpose,
      ...(purpose === 'confirmation' ? { approval: APPROVAL } : {}),
    })
    const callback = await browse(redirectTo)
    expect(await idp.complete({ callback, state: 's', callbackUrl: CALLBACK, handoff })).toEqual({
      upstream: 'itsme',
      assurance: 'verified',
      key: { issuer: second.issuer, clientId: CLIENT_ID, subject: PERSON.sub },
      acr: 'urn:pias:acr:advanced',
      amr: ['mfa', 'pin'],
      authTime: expect.any(Number),
      claims: {
        name: 'Lotte Marie Vandenbroucke',
        givenName: 'Lotte Marie',
        familyName: 'Vandenbroucke',
        birthdate: '1988-03-14',
        gender: 'female',
        locale: 'nl',
        email: 'lotte@example.com',
        emailVerified: false,
        phoneNumber: '+32 470123456',
        phoneVerified: true,
        address: { streetAddress: 'Zennestraat 32 bus 20', postalCode: '1000', locality: 'BRUSSEL' },
      },
      signals: { callInProgress: true },
    })
    expect(calls.count('/token')).toBe(1)
    expect(calls.count('/me')).toBe(0)
  })

  test('claims at userinfo, nested as well', async () => {
    const calls = recordingFetch()
    const idp = connect({}, calls.fetch)
    const { redirectTo, handoff } = await idp.begin({ ...LEG, purpose: 'login' })
    const withoutClaims = new URL(redirectTo)
    withoutClaims.searchParams.delete('claims')
    const callback = await browse(withoutClaims.href)
    const { claims } = await idp.complete({ callback, state: 's', callbackUrl: CALLBACK, handoff })
    expect(claims).toMatchObject({ familyName: 'Vandenbroucke', phoneVerified: true })
    expect(calls.count('/me')).toBe(1)
  })

  test('a code is refused the second time', async () => {
    const idp = connect({})
    const { redirectTo, handoff } = await idp.begin({ ...LEG, purpose: 'login' })
    const input = { callback: await browse(redirectTo), state: 's', callbackUrl: CALLBACK, handoff }
    await idp.complete(input)
    expect(await failureOf(idp.complete(input))).toMatchObject({
      code: 'upstream.expired',
      detail: 'token endpoint answered invalid_grant',
    })
  })
})
