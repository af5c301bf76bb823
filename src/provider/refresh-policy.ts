import type { Client, Configuration, Grant, KoaContextWithOIDC, RefreshToken } from 'oidc-provider'
import { lifetimesOf, type TokenLifetimes } from '#src/clients/client-lifetimes.ts'
import { isFapi2 } from './client-assertions.ts'

const now = (): number => Math.floor(Date.now() / 1000)

/** Share of its life that a token must have left, else it is renewed when it is used. */
const ENOUGH_LEFT = 0.3

/** `refreshToken`: seconds that one lives unused, unless the client says less. */
type Options = TokenLifetimes & {
  /** Seconds after which a chain of refresh tokens ends, however much it is used. */
  readonly grant: number
}

/** A grant that ended earlier would take the tokens with it that hang on it. */
const outlive = async (grant: Grant | undefined, { refreshToken }: Options): Promise<void> => {
  const needed = now() + refreshToken
  if (grant === undefined || (grant.exp ?? 0) >= needed) return
  // A day more, so that it is not written with every refresh.
  grant.exp = needed + 24 * 3600
  await grant.save()
}

const isPublic = (client: { clientAuthMethod?: string | undefined } | undefined): boolean =>
  client?.clientAuthMethod === 'none'

/**
 * When refresh tokens are issued, how long they live, and when one takes the place of another (RFC 9700,
 * 4.14.2). Those that are bound to a key keep their value and are prolonged: whoever stole one cannot use it, and a
 * client without rotation has no race to lose. Unbound ones of public clients rotate with every use, those of clients
 * that authenticate when little of their life is left.
 */
export const createRefreshPolicy = (options: Options) => {
  const unused = (client: Client | undefined): number => lifetimesOf(client, options).refreshToken
  const lifetime = (token: Pick<RefreshToken, 'iiat'>, client: Client | undefined): number =>
    Math.max(1, Math.min(unused(client), (token.iiat ?? now()) + options.grant - now()))

  const prolong = async (token: RefreshToken, client: Client | undefined): Promise<void> => {
    token.exp = now() + lifetime(token, client)
    await token.save()
  }

  const policy: Required<Pick<Configuration, 'issueRefreshToken' | 'rotateRefreshToken'>> = {
    issueRefreshToken: async (ctx, client, source) => {
      if (!client.grantTypeAllowed('refresh_token') || !source.scopes.has('offline_access')) return false
      await outlive(ctx.oidc.entities.Grant, options)
      return true
    },

    rotateRefreshToken: async ctx => {
      const { RefreshToken: token, Grant: grant, Client: client } = ctx.oidc.entities
      if (token === undefined) return false
      await outlive(grant, options)
      const left = (token.exp ?? 0) - now()
      // Or never, as it was given: the app's tokens may live less long by now.
      const endsSoon = left < unused(client) * ENOUGH_LEFT || left > unused(client)
      // FAPI 2.0 (5.3.2.1) wants none: the client proves a key with every use, though the token itself is bound to none.
      if (!token.isSenderConstrained() && !isFapi2(client)) return isPublic(client) || endsSoon
      if (endsSoon) await prolong(token, client)
      return false
    },
  }

  return {
    ...policy,
    lifetime: (_ctx: KoaContextWithOIDC, token: RefreshToken, client: Client) => lifetime(token, client),
  }
}
