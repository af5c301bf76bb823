import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { CLAIMS_BY_SCOPE } from './claims.ts'

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

/** The names of the claims that a `claims` parameter asks for, wherever it wants them. */
export const namesInClaims = (claims: unknown): string[] =>
  isObject(claims) ? PLACES.flatMap(place => (isObject(claims[place]) ? Object.keys(claims[place]) : [])) : []

const checkMember = (claim: string, member: unknown): void => {
  if (member !== null && !isObject(member)) throw new errors.InvalidRequest('members of claims are null or objects')
  const { values } = member ?? {}
  if (claim === 'acr' && values !== undefined && !Array.isArray(values)) {
    throw new errors.InvalidRequest('values of acr must be an array')
  }
}

/**
 * Checks the `claims` parameter (OpenID Connect Core 5.5) and takes out of it what the client's file does not allow, scope
 * by scope, and what PIAS does not have: both are as if they had not been asked for. A claim needs the consent that its
 * scope needs (grants.ts), whether or not the request names that scope.
 * @throws InvalidRequest
 */
export const assertClaimsParameter = async ({ oidc }: KoaContextWithOIDC, claims: object): Promise<void> => {
  const allowed = new Set(`${oidc.client?.pias_scope ?? ''}`.split(' '))
  const mayAsk = (claim: string): boolean => allowed.has(SCOPES_BY_CLAIM.get(claim) ?? '')
  const kept = PLACES.map(place => {
    const members = Object.entries((claims as Record<string, unknown>)[place] ?? {})
    for (const [claim, member] of members) checkMember(claim, member)
    return [place, Object.fromEntries(members.filter(([claim]) => mayAsk(claim)))]
  })
  if (oidc.params !== undefined) oidc.params.claims = JSON.stringify(Object.fromEntries(kept))
}
