import { PiasError } from '#src/kernel/errors.ts'
import type { Acr, IdentityKey, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { ItsmeConfig } from '#src/upstream/itsme/config.ts'

/** An ID token's claims after openid-client has checked signature, issuer, audience, expiry and nonce. */
export type IdTokenClaims = {
  readonly sub: string
  readonly aud: string | string[]
  readonly iat: number
  readonly [claim: string]: unknown
}

/** RFC 8176: the app on an enrolled phone plus a code or biometry; advanced is always the code. */
const AMR: Readonly<Record<Acr, readonly string[]>> = {
  // Nothing of itsme's is below its basic level.
  'urn:pias:acr:low': ['mfa'],
  'urn:pias:acr:basic': ['mfa'],
  'urn:pias:acr:advanced': ['mfa', 'pin'],
}

const refuse = (detail: string): never => {
  throw new PiasError('upstream.invalid_response', detail)
}

type CheckConfig = Pick<ItsmeConfig, 'clientId' | 'clockToleranceSeconds'>

/**
 * Checks the library leaves to the relying party: the token is for PIAS and for nobody else, it was not made in the
 * future, and its subject can be a key.
 * @param now epoch seconds
 * @throws PiasError `upstream.invalid_response`
 */
export const checkIdToken = (config: CheckConfig, claims: IdTokenClaims, now: number): void => {
  const audiences = [claims.aud].flat()
  if (audiences.length !== 1 || audiences[0] !== config.clientId) refuse('ID token has other audiences')
  if (claims.iat > now + config.clockToleranceSeconds) refuse('ID token is from the future')
  if (!/^[\x21-\x7e]{1,255}$/.test(claims.sub)) refuse('ID token has no usable subject')
}

/**
 * Checks what the library takes from a signed userinfo answer: it looks at issuer and audience only where they are
 * there. itsme's answer has both (OIDC Core 5.3.2), and one for PIAS is for nobody else.
 * @param claims after openid-client has checked signature, subject and, where there is one, expiry
 * @param now epoch seconds
 * @throws PiasError `upstream.invalid_response`
 */
export const checkUserinfo = (
  config: CheckConfig,
  claims: { readonly [claim: string]: unknown },
  now: number,
): void => {
  if (claims.iss === undefined) refuse('userinfo names no issuer')
  const audiences = [claims.aud].flat()
  if (audiences.length !== 1 || audiences[0] !== config.clientId) refuse('userinfo has other audiences')
  const { iat = now } = claims
  if (typeof iat !== 'number' || iat > now + config.clockToleranceSeconds) refuse('userinfo is from the future')
}

const acrOf = ({ accept, absent }: ItsmeConfig['acr'], value: unknown): Acr => {
  if (value === undefined) return absent === 'refuse' ? refuse('ID token has no acr') : absent
  const known = typeof value === 'string' && Object.hasOwn(accept, value) ? accept[value] : undefined
  return known ?? refuse('ID token has an acr that is not configured')
}

/**
 * How strong the login was, when it was and whose it is.
 * @throws PiasError `upstream.invalid_response` for a level the configuration does not know
 */
export const authenticationOf = (
  config: ItsmeConfig,
  claims: IdTokenClaims,
): Pick<VerifiedIdentity, 'acr' | 'amr' | 'authTime'> & { key: IdentityKey } => {
  const acr = acrOf(config.acr, claims.acr)
  return {
    key: { issuer: config.issuer, clientId: config.clientId, subject: claims.sub },
    acr,
    amr: AMR[acr],
    authTime: typeof claims.auth_time === 'number' ? claims.auth_time : claims.iat,
  }
}
