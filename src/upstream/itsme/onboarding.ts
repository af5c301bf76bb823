import type { Purpose } from '#src/kernel/identity.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { requestedClaims, scopeOf, USERINFO_CLAIMS } from './authorization/authorization-request.ts'
import type { ItsmeConfig } from './config.ts'

/** What itsme asks of a partner before it lets it in, with what stands in the way of it. */
export type Onboarding = {
  readonly upstream: string
  readonly issuer: string
  readonly clientId: string
  readonly clientAuthentication: { readonly method: 'private_key_jwt'; readonly alg: 'RS256' }
  readonly jwksUri: string
  readonly services: readonly {
    readonly purpose: Purpose
    readonly type: 'Authentication' | 'Identification' | 'Confirmation'
    readonly code: string
    readonly redirectUris: readonly string[]
    readonly scope: string
  }[]
  readonly idTokenClaims: readonly string[]
  /** Named at userinfo beside what the scopes stand for. */
  readonly userinfoClaims: readonly string[]
  readonly acrValues: readonly string[]
  readonly tokens: {
    readonly signing: 'RS256'
    readonly encryptionAlg: readonly string[]
    readonly encryptionEnc: readonly string[]
  }
  readonly pkce: 'S256'
  readonly requestObjects: {
    readonly mode: ItsmeConfig['requestObject']
    readonly signing: 'RS256'
    readonly encryptionAlg: 'RSA-OAEP-256'
    readonly encryptionEnc: 'A128CBC-HS256'
    /** What every `request_uri` begins with; absent where none is used. */
    readonly uriPrefix?: string
  }
  readonly nationalNumber?: NonNullable<ItsmeConfig['nationalNumber']>
  /** What itsme would refuse as the configuration stands. */
  readonly obstacles: readonly string[]
  /** What to say or ask beside the data. */
  readonly notes: readonly string[]
  readonly contact: readonly string[]
}

const TYPES = { login: 'Authentication', registration: 'Identification', confirmation: 'Confirmation' } as const
const PURPOSES = Object.keys(TYPES) as readonly Purpose[]

const CONTACT = ['https://portal.itsme-id.com', 'onboarding@itsme-id.com']

const obstaclesOf = (config: ItsmeConfig, issuer: string): readonly string[] => {
  const { protocol, hostname } = new URL(issuer)
  const found = [
    [protocol !== 'https:', 'the redirect URI is not https: set "issuer" to the public address'],
    [hostname === 'localhost' || hostname === '127.0.0.1', 'itsme takes no localhost address'],
    [!new URL(config.issuer).hostname.endsWith('.itsme.services'), `the upstream is not itsme but ${config.issuer}`],
  ] as const
  return found.filter(([applies]) => applies).map(([, text]) => text)
}

const notesOf = (config: ItsmeConfig, host: string): readonly string[] => [
  `the certificate of ${host} must be of organisation or extended validation; domain validation is refused`,
  'the JWKS must answer within a second and be open to all',
  'ask for PKCE to be enforced for this client',
  'ask for the claims to be allowed in the ID token, for each service',
  ...(config.requestObject === 'request_uri' ? ['itsme fetches request objects once each, from the port named'] : []),
  ...(config.nationalNumber === undefined ? [] : ['the eid scope needs the legal basis, to be shown on request']),
]

/**
 * Puts together what itsme's onboarding asks of this PIAS, from the configuration alone.
 * @param issuer PIAS's own
 */
export const toOnboarding = (config: ItsmeConfig, issuer: string): Onboarding => {
  const urls = upstreamUrls(issuer, config.id)
  return {
    upstream: config.id,
    issuer: config.issuer,
    clientId: config.clientId,
    clientAuthentication: { method: 'private_key_jwt', alg: 'RS256' },
    jwksUri: urls.jwks,
    services: PURPOSES.map(purpose => ({
      purpose,
      type: TYPES[purpose],
      code: config.serviceCodes[purpose],
      redirectUris: [urls.callback],
      scope: scopeOf(config, purpose),
    })),
    idTokenClaims: requestedClaims(config),
    userinfoClaims: USERINFO_CLAIMS,
    acrValues: Object.values(config.acr.request),
    tokens: {
      signing: 'RS256',
      encryptionAlg: config.allowedEncryption.alg,
      encryptionEnc: config.allowedEncryption.enc,
    },
    pkce: 'S256',
    requestObjects: {
      mode: config.requestObject,
      signing: 'RS256',
      encryptionAlg: 'RSA-OAEP-256',
      encryptionEnc: 'A128CBC-HS256',
      ...(config.requestObject === 'request_uri' ? { uriPrefix: urls.requestPrefix } : {}),
    },
    ...(config.nationalNumber === undefined ? {} : { nationalNumber: config.nationalNumber }),
    obstacles: obstaclesOf(config, issuer),
    notes: notesOf(config, new URL(issuer).host),
    contact: CONTACT,
  }
}
