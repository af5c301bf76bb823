import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'

type ExtraTokenClaims = NonNullable<Configuration['extraTokenClaims']>
type Token = Parameters<ExtraTokenClaims>[1]

/** Who acts for the person a token is about, and for whom that one acted before (RFC 8693, 4.1: `act`). */
export type Actor = { readonly sub: string; readonly act?: Actor }

/**
 * Refuses a machine's token whose scope is not in the client's file. To the library a client without a scope may have
 * any, those of people too. It asks for extra claims just before it stores a token.
 * @throws InvalidScope RFC 6749, 5.2
 */
const refuseForeignScope = ({ client, scope = '' }: Token): void => {
  const allowed = new Set(`${client?.pias_scope ?? ''}`.split(' '))
  const foreign = scope.split(' ').find(name => name !== '' && !allowed.has(name))
  if (foreign !== undefined) throw new errors.InvalidScope('requested scope is not allowed', foreign)
}

/** How the person was authenticated (RFC 9068, 2.2.1), so that an API can ask for a stronger login (RFC 9470). */
const authenticationOf = ({ oidc }: KoaContextWithOIDC) => {
  const { AuthorizationCode: code, RefreshToken: refreshToken, DeviceCode: deviceCode } = oidc.entities
  const { acr, amr, authTime } = refreshToken ?? code ?? deviceCode ?? {}
  return { acr, amr, auth_time: authTime }
}

/**
 * What access tokens of APIs say beside the standard claims. `gid` is the grant they hang on, a random id: with it a
 * token that is kept nowhere can be exchanged, and no longer once the grant is revoked.
 */
export const createTokenClaims = () => {
  const actors = new WeakMap<object, Actor>()

  const extraTokenClaims: ExtraTokenClaims = async (ctx, token) => {
    if (token.kind === 'ClientCredentials') {
      refuseForeignScope(token)
      return undefined
    }
    if (token.aud === undefined) return undefined
    const act = actors.get(token)
    const claims = { gid: token.grantId, ...(act === undefined ? authenticationOf(ctx) : { act }) }
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  }

  return {
    extraTokenClaims,
    /** Says who acts in a token that is about to be issued. */
    setActor: (token: object, actor: Actor): void => {
      actors.set(token, actor)
    },
  }
}

/** The claims of tokens, and who acts in one. */
export type TokenClaims = ReturnType<typeof createTokenClaims>
