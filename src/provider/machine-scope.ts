import { type Configuration, errors } from 'oidc-provider'

type ExtraTokenClaims = NonNullable<Configuration['extraTokenClaims']>

/**
 * Refuses a machine's token whose scope is not in the client's file. To the library a client without a scope may have
 * any, those of people too. It asks for extra claims just before it stores a token.
 * @throws InvalidScope RFC 6749, 5.2
 */
export const refuseForeignScope: ExtraTokenClaims = async (_ctx, token) => {
  if (token.kind !== 'ClientCredentials' || !token.scope) return undefined
  const allowed = new Set((token.client?.scope ?? '').split(' '))
  const foreign = token.scope.split(' ').find(scope => !allowed.has(scope))
  if (foreign !== undefined) throw new errors.InvalidScope('requested scope is not allowed', foreign)
  return undefined
}
