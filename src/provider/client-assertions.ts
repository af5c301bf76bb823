import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { isFapiAlg } from '#src/clients/algorithms.ts'

const MAX_SECONDS = 300

/** How far a client's clock may be off, in seconds. */
export const CLOCK_TOLERANCE = 10

/** Whether a client asked for the FAPI 2.0 Security Profile. */
export const isFapi2 = (client: { readonly [field: string]: unknown } | undefined): boolean =>
  client?.pias_profile === 'fapi2'

/**
 * Holds a client's assertion (RFC 7523) to what the library leaves open: for PIAS alone, five minutes long at most. Under
 * FAPI 2.0 (5.3.2.1) it is for the issuer, told as a string, and signed as the profile says.
 * @throws InvalidClientAuth
 */
export const assertClientAssertion = async (
  { oidc }: KoaContextWithOIDC,
  claims: { readonly [claim: string]: unknown },
  header: { readonly [parameter: string]: unknown },
): Promise<void> => {
  const now = Math.floor(Date.now() / 1000)
  // The library would take an assertion that is valid for ten years. A client whose clock is fast may send one that is
  // valid for the full time after its own `iat`.
  const latest = Math.min(Number(claims.iat ?? now), now + CLOCK_TOLERANCE) + MAX_SECONDS
  if (!(Number(claims.exp) <= latest)) throw new errors.InvalidClientAuth('exp is too far ahead')
  if (isFapi2(oidc.client)) {
    if (claims.aud !== oidc.issuer) throw new errors.InvalidClientAuth('aud must be the issuer')
    if (!isFapiAlg(header.alg)) throw new errors.InvalidClientAuth('alg is not one of FAPI 2.0')
    return
  }
  const audience = Array.isArray(claims.aud) && claims.aud.length === 1 ? claims.aud[0] : claims.aud
  if (audience !== oidc.issuer && audience !== `${oidc.issuer}/token`) {
    throw new errors.InvalidClientAuth('aud must be the issuer or the token endpoint')
  }
}
