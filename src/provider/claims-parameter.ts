import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { CLAIMS_BY_SCOPE } from './claims.ts'

const SCOPES_BY_CLAIM: ReadonlyMap<string, string> = new Map(
  Object.entries(CLAIMS_BY_SCOPE).flatMap(([scope, claims]) => claims.map(claim => [claim, scope] as const)),
)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Holds the `claims` parameter to what the scopes of the request cover, so that what a client may have and what a person
 * agreed to is said in scopes alone. Claims that PIAS does not have are ignored (OIDC Core 5.5).
 * @throws InvalidRequest
 */
export const assertClaimsParameter = async (ctx: KoaContextWithOIDC, claims: object): Promise<void> => {
  const asked = Object.entries(claims as Record<string, unknown>)
    .filter(([place]) => place === 'userinfo' || place === 'id_token')
    .flatMap(([, members]) => (isObject(members) ? Object.entries(members) : []))
  for (const [claim, member] of asked) {
    if (member !== null && !isObject(member)) throw new errors.InvalidRequest('members of claims are null or objects')
    const scope = SCOPES_BY_CLAIM.get(claim)
    if (scope !== undefined && !ctx.oidc.requestParamScopes.has(scope)) {
      throw new errors.InvalidRequest('claims must be covered by the scope of the request')
    }
    const { values } = member ?? {}
    if (claim === 'acr' && values !== undefined && !Array.isArray(values)) {
      throw new errors.InvalidRequest('values of acr must be an array')
    }
  }
}
