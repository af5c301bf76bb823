import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { isFapiAlg } from '#src/clients/algorithms.ts'
import { isFapi2 } from './client-assertions.ts'

/** As FAPI 2.0 Message Signing has it (5.3.1): from `nbf` to `exp` in seconds. */
const MAX_SECONDS = 3600

const TYPES = new Set([undefined, 'JWT', 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])

type Claims = { readonly exp?: unknown; readonly nbf?: unknown; readonly iat?: unknown; readonly aud?: unknown }

/**
 * Holds a signed request object (RFC 9101) to what the library leaves open: it is for PIAS, and a stolen one is of no use
 * tomorrow. A pushed request without one is kept by the library as an object of its own, whose `alg` is `none`.
 * @throws InvalidRequestObject
 */
export const assertRequestObject = async (
  { oidc }: KoaContextWithOIDC,
  claims: Claims,
  header: { readonly alg?: unknown; readonly typ?: unknown },
): Promise<void> => {
  const refuse = (description: string): never => {
    throw new errors.InvalidRequestObject(description)
  }
  if (oidc.entities.PushedAuthorizationRequest !== undefined) return
  if (!TYPES.has(header.typ as never)) refuse('typ is not that of a request object')
  if (claims.aud === undefined) refuse('aud is missing')
  if (typeof claims.exp !== 'number') return refuse('exp is missing')
  const now = Math.floor(Date.now() / 1000)
  const begins = claims.nbf ?? claims.iat ?? now
  if (claims.exp - Number(begins) > MAX_SECONDS) refuse('exp is too far ahead')
  if (!isFapi2(oidc.client)) return
  if (claims.nbf === undefined) refuse('nbf is missing')
  if (!isFapiAlg(header.alg)) refuse('alg is not one of FAPI 2.0')
}
