import { type Client, type Configuration, errors } from 'oidc-provider'
import {
  CLIENT_SIGNING_ALGS,
  ENCRYPTION_ALGS,
  ENCRYPTION_ENCS,
  FAPI_SIGNING_ALGS,
  OWN_SIGNING_ALGS,
} from '#src/clients/algorithms.ts'
import { lifetimesOf } from '#src/clients/client-lifetimes.ts'
import { IMPLICIT_RESPONSE_TYPES } from '#src/clients/client-shape.ts'
import type { PrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import { ACRS, LOCALES } from '#src/kernel/identity.ts'
import { type CallableNetworks, createGuardedFetch } from '#src/provider/outgoing/guarded-fetch.ts'
import { CLAIMS_BY_SCOPE } from './claims.ts'
import { assertClientAssertion, CLOCK_TOLERANCE } from './client-assertions.ts'
import { EXTRA_CLIENT_FIELDS } from './client-payload.ts'
import { type CookieKeys, createCookieKeys } from './cookie-keys.ts'
import { checkAuthorizationParameters } from './extra-parameters.ts'
import { createPolicy, type MayUse } from './policy/create-policy.ts'
import { createRefreshPolicy } from './refresh-policy.ts'
import { isRegistering } from './registration/registration-feature.ts'
import { createSubjectIdentifier, type FindKnown } from './subjects.ts'

/** Lifetimes in seconds. */
export type Lifetimes = {
  readonly authorizationCode: number
  readonly deviceCode: number
  readonly accessToken: number
  readonly idToken: number
  readonly refreshToken: number
  readonly grant: number
  readonly session: number
  readonly interaction: number
}

/** How long a client that registered may change its registration without doing so once, in seconds: five years. */
const REGISTRATION_SECONDS = 5 * 365 * 24 * 3600

/** Most that a client's keys may have. */
const MAX_ANSWER_BYTES = 65_536

/** What a device may call itself: a person reads it, so it cannot say much. */
const DEVICE_NAME = /^[\p{L}\p{N} .,'()-]{1,40}$/u
/**
 * Cookies of an https issuer carry the prefixes that bind them to this very host (RFC 6265bis, 4.1.3). Two are scoped
 * to a path, which `__Host-` forbids.
 */
const cookieSettings = (https: boolean, keys: CookieKeys): NonNullable<Configuration['cookies']> => ({
  names: https
    ? { session: '__Host-pias_sid', interaction: '__Secure-pias_int', resume: '__Secure-pias_res' }
    : { session: 'pias_sid', interaction: 'pias_int', resume: 'pias_res' },
  long: { httpOnly: true, sameSite: 'lax', signed: true, secure: https, path: '/' },
  short: { httpOnly: true, sameSite: 'lax', signed: true, secure: https },
  // The library passes them on to the cookies package, which takes anything shaped like Keygrip.
  keys: keys as unknown as string[],
})

/** No symmetric algorithm, no `none`; encrypted request objects are not taken. */
const ENABLED_ALGS: NonNullable<Configuration['enabledJWA']> = {
  idTokenSigningAlgValues: [...OWN_SIGNING_ALGS],
  idTokenEncryptionAlgValues: [...ENCRYPTION_ALGS],
  idTokenEncryptionEncValues: [...ENCRYPTION_ENCS],
  userinfoSigningAlgValues: [...OWN_SIGNING_ALGS],
  userinfoEncryptionAlgValues: [...ENCRYPTION_ALGS],
  userinfoEncryptionEncValues: [...ENCRYPTION_ENCS],
  clientAuthSigningAlgValues: [...CLIENT_SIGNING_ALGS],
  requestObjectSigningAlgValues: [...CLIENT_SIGNING_ALGS],
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
  dPoPSigningAlgValues: [...FAPI_SIGNING_ALGS],
}

/**
 * oidc-provider's settings that do not depend on other stations. Every deviation
 * from the library's defaults is here, in `features.ts` or in `create-provider.ts`.
 */
export const createSettings = (options: {
  https: boolean
  cookieSecrets: readonly string[]
  signingKeys: readonly PrivateJwk[]
  lifetimes: Lifetimes
  /** Secret of the pairwise subjects; another one changes them all. */
  pairwiseSecret: string
  findKnown: FindKnown
  /** Whether there are clients that get tokens by the browser. */
  implicit: boolean
  /** Whether a client may send people to this upstream. */
  mayUseUpstream: (clientId: string, upstream: string) => boolean
  /** Whether it accepts a session that came about in this way. */
  mayUse: MayUse
  /** What may be called of addresses that clients name. */
  callable: CallableNetworks
}): Configuration => {
  const { lifetimes } = options
  const guardedFetch = createGuardedFetch({ ...options.callable, maxBytes: MAX_ANSWER_BYTES })
  const accessToken = (server: { accessTokenTTL?: number | undefined } | undefined, client: Client): number => {
    const own = lifetimesOf(client, lifetimes).accessToken
    return Math.min(own, server?.accessTokenTTL ?? own)
  }
  const { lifetime: refreshTokenLifetime, ...refreshPolicy } = createRefreshPolicy(lifetimes)
  return {
    acceptQueryParamAccessTokens: false,
    acrValues: ACRS,
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: assertClientAssertion,
    claims: CLAIMS_BY_SCOPE,
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
    clientBasedCORS: (_ctx, origin, client) => (client.pias_origins as string[] | undefined)?.includes(origin) === true,
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    clockTolerance: CLOCK_TOLERANCE,
    conformIdTokenClaims: true,
    cookies: cookieSettings(options.https, createCookieKeys(options.cookieSecrets)),
    discovery: { prompt_values_supported: ['none', 'login', 'consent', 'create'], ui_locales_supported: LOCALES },
    enabledJWA: ENABLED_ALGS,
    enableHttpPostMethods: false,
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    extraParams: {
      pias_device_name: (_ctx, name) => {
        if (name === undefined || DEVICE_NAME.test(name)) return
        throw new errors.InvalidRequest("pias_device_name must have 1 to 40 letters, digits, spaces or . , - ' ( )")
      },
      pias_upstream: (ctx, upstream, client) => {
        checkAuthorizationParameters(ctx)
        if (upstream === undefined || options.mayUseUpstream(client.clientId, upstream)) return
        throw new errors.InvalidRequest('pias_upstream is not an upstream of this client')
      },
    },
    extraClientMetadata: { properties: EXTRA_CLIENT_FIELDS },
    // The library's own guard looks at an address when the connection is there already.
    fetch: (url, init) => guardedFetch(String(url), init),
    fetchResponseBodyLimits: { jwks_uri: MAX_ANSWER_BYTES, sector_identifier_uri: MAX_ANSWER_BYTES },
    interactions: { policy: createPolicy(options.mayUse) },
    jwks: { keys: options.signingKeys as never },
    pairwiseIdentifier: createSubjectIdentifier(options),
    pkce: { required: (_ctx, client) => client.pias_pkce_required !== false },
    ...refreshPolicy,
    responseTypes: options.implicit ? ['code', ...IMPLICIT_RESPONSE_TYPES] : ['code'],
    scopes: ['openid', 'offline_access'],
    // Asked once, when a client registers: no login depends on the client's server. What stands in a file is taken as it is.
    sectorIdentifierUriValidate: client => client.pias_sector === undefined && isRegistering(),
    subjectTypes: ['public', 'pairwise'],
    ttl: {
      AccessToken: (_ctx, { resourceServer }, client) => accessToken(resourceServer, client),
      AuthorizationCode: lifetimes.authorizationCode,
      ClientCredentials: (_ctx, { resourceServer }, client) => accessToken(resourceServer, client),
      DeviceCode: lifetimes.deviceCode,
      Grant: lifetimes.grant,
      IdToken: (_ctx, _token, client) => lifetimesOf(client, lifetimes).idToken,
      Interaction: lifetimes.interaction,
      RefreshToken: refreshTokenLifetime,
      RegistrationAccessToken: REGISTRATION_SECONDS,
      Session: lifetimes.session,
    },
  }
}
