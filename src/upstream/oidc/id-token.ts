import { createHash } from 'node:crypto'
import { PiasError } from '#src/kernel/errors.ts'
import type { Acr, VerifiedIdentity } from '#src/kernel/identity.ts'
import { KNOWN_AMR } from '#src/upstream/openid/known-amr.ts'
import type { OidcConfig } from './config.ts'

/** An ID token's claims after openid-client has checked signature, algorithm, issuer, audience, expiry and nonce. */
export type IdTokenClaims = {
  readonly sub: string
  readonly aud: string | string[]
  readonly iat: number
  readonly [claim: string]: unknown
}

const refuse = (detail: string): never => {
  throw new PiasError('upstream.invalid_response', detail)
}

/** Left half of the hash that belongs to the signature, which is SHA-256 for RS256 and ES256 (OIDC Core 3.1.3.6). */
const accessTokenHash = (accessToken: string): string =>
  createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')

/**
 * Checks the library leaves to the relying party (OIDC Core 3.1.3.7 and 3.1.3.8): the token is for PIAS and for nobody
 * else, it was not made in the future, it belongs to the access token beside it, and its subject can be a key.
 * @param now epoch seconds
 * @throws PiasError `upstream.invalid_response`
 */
export const checkIdToken = (
  config: Pick<OidcConfig, 'clientId' | 'clockToleranceSeconds'>,
  claims: IdTokenClaims,
  accessToken: string,
  now: number,
): void => {
  const audiences = [claims.aud].flat()
  if (audiences.length !== 1 || audiences[0] !== config.clientId) refuse('ID token has other audiences')
  if (claims.azp !== undefined && claims.azp !== config.clientId) refuse('ID token was issued to another party')
  if (claims.iat > now + config.clockToleranceSeconds) refuse('ID token is from the future')
  if (claims.at_hash !== undefined && claims.at_hash !== accessTokenHash(accessToken)) {
    refuse('ID token belongs to another access token')
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(claims.sub)) refuse('ID token has no usable subject')
}

/**
 * `auth_time` is required where an age was asked for (OIDC Core 2); without it nobody knows how old the login is.
 * @throws PiasError `upstream.invalid_response`
 */
export const checkDated = (claims: IdTokenClaims): void => {
  if (typeof claims.auth_time !== 'number') refuse('ID token does not say when the person was authenticated')
}

const acrOf = ({ accept, absent }: OidcConfig['acr'], value: unknown): Acr => {
  if (value === undefined) return absent === 'refuse' ? refuse('ID token has no acr') : absent
  const known = typeof value === 'string' && Object.hasOwn(accept, value) ? accept[value] : undefined
  return known ?? refuse('ID token has an acr that is not configured')
}

/**
 * Whose login it was, how strong and when.
 * @throws PiasError `upstream.invalid_response` for a level the configuration does not know
 */
export const authenticationOf = (
  config: Pick<OidcConfig, 'acr' | 'issuer' | 'clientId'>,
  claims: IdTokenClaims,
): Pick<VerifiedIdentity, 'key' | 'acr' | 'amr' | 'authTime'> => ({
  key: { issuer: config.issuer, clientId: config.clientId, subject: claims.sub },
  acr: acrOf(config.acr, claims.acr),
  amr: Array.isArray(claims.amr) ? claims.amr.filter(method => KNOWN_AMR.has(method)) : [],
  authTime: typeof claims.auth_time === 'number' ? claims.auth_time : claims.iat,
})
