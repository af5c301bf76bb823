import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { CLAIMS_BY_SCOPE } from './claims.ts'
import { firstRequest, verifiedClaimNames } from './verified-claims.ts'

const SCOPES_BY_CLAIM: ReadonlyMap<string, string> = new Map(
  Object.entries(CLAIMS_BY_SCOPE).flatMap(([scope, claims]) => claims.map(claim => [claim, scope] as const)),
)

/** The scope that brings a claim; a claim that PIAS does not have hangs on none. */
export const scopeOfClaim = (claim: string): string | undefined => SCOPES_BY_CLAIM.get(claim)

/** The scopes that would bring these claims. */
export const scopesOfClaims = (claims: readonly string[]): string[] => [
  ...new Set(claims.map(scopeOfClaim).filter(scope => scope !== undefined)),
]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const PLACES = ['userinfo', 'id_token'] as const

/** Hangs on no scope itself: what is in it does (verified-claims.ts). */
export const VERIFIED = 'verified_claims'

/** The names in one place; of verified claims as well, which need the same consent as the others. */
const namesIn = (members: unknown): string[] =>
  isObject(members) ? [...Object.keys(members), ...verifiedClaimNames(members[VERIFIED])] : []

/** The names of the claims that a `claims` parameter asks for, wherever it wants them. */
export const namesInClaims = (claims: unknown): string[] =>
  isObject(claims) ? PLACES.flatMap(place => namesIn(claims[place])) : []

/** The claims that a request asks for by name and PIAS has. */
export const claimsAskedBy = ({ oidc }: KoaContextWithOIDC): string[] => {
  const { claims } = (oidc.params ?? {}) as { claims?: string }
  return claims === undefined ? [] : [...new Set(namesInClaims(JSON.parse(claims)))]
}

const checkMember = (claim: string, member: unknown): void => {
  if (member !== null && !isObject(member)) throw new errors.InvalidRequest('members of claims are null or objects')
  const { values } = member ?? {}
  if (claim === 'acr' && values !== undefined && !Array.isArray(values)) {
    throw new errors.InvalidRequest('values of acr must be an array')
  }
}

/** @throws InvalidRequest for a member of the wrong form */
const checkMembers = (members: object): void => {
  for (const [claim, member] of Object.entries(members)) {
    checkMember(claim, claim === VERIFIED ? firstRequest(member) : member)
  }
}

/**
 * Checks the `claims` parameter (OpenID Connect Core 5.5) and takes out of it what the client's metadata do not allow,
 * scope by scope, and what PIAS does not have: both are as if they had not been asked for. A claim needs the consent that
 * its scope needs (grants.ts), whether or not the request names that scope.
 * @param hasVerified whether verified claims are configured
 * @throws InvalidRequest
 */
export const createAssertClaims =
  (hasVerified: boolean) =>
  async ({ oidc }: KoaContextWithOIDC, claims: object): Promise<void> => {
    const allowed = new Set(`${oidc.client?.pias_scope ?? ''}`.split(' '))
    const mayAsk = (claim: string): boolean => allowed.has(SCOPES_BY_CLAIM.get(claim) ?? '')

    const kept = (members: object): object => {
      checkMembers(members)
      const { [VERIFIED]: verified, ...others } = members as Record<string, unknown>
      const plain = Object.entries(others).filter(([claim]) => mayAsk(claim))
      const { verification, claims: asked } = firstRequest(verified)
      const inside = isObject(asked) ? Object.entries(asked).filter(([claim]) => mayAsk(claim)) : []
      const request = hasVerified && inside.length > 0 && { verification, claims: Object.fromEntries(inside) }
      return { ...Object.fromEntries(plain), ...(request && { [VERIFIED]: request }) }
    }

    const places = PLACES.map(place => [place, kept((claims as Record<string, object>)[place] ?? {})])
    if (oidc.params !== undefined) oidc.params.claims = JSON.stringify(Object.fromEntries(places))
  }
