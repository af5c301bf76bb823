import type { Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { Dated } from '#src/provider/sessions/session-ends.ts'

type LoadExistingGrant = NonNullable<Configuration['loadExistingGrant']>

const grantOf = async (ctx: KoaContextWithOIDC, clientId: string, accountId: string): Promise<Grant> => {
  const { provider, session, result } = ctx.oidc
  const grantId = result?.consent?.grantId ?? session?.grantIdFor(clientId)
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  if (known !== undefined && known.accountId === accountId) return known
  const { loggedInAt } = (session ?? {}) as Dated
  return Object.assign(new provider.Grant({ accountId, clientId }), loggedInAt === undefined ? {} : { loggedInAt })
}

/**
 * The grant of one of PIAS's own apps: it holds what the app asks and its metadata allows, without a consent page. One
 * grant per session and app, widened when more is asked, written only when it changed.
 */
export const loadExistingGrant: LoadExistingGrant = async ctx => {
  const { client, account, params } = ctx.oidc
  if (client === undefined || account === undefined || params === undefined) return undefined

  const grant = await grantOf(ctx, client.clientId, account.accountId)
  const asked = [...ctx.oidc.requestParamScopes]
  const held = new Set([...grant.getOIDCScope().split(' '), ...grant.getOIDCClaims()])
  // Covered by the scopes, which the parameter is held to (claims-parameter.ts).
  const claims = [...ctx.oidc.requestParamClaims]
  if (grant.jti === undefined || [...asked, ...claims].some(one => !held.has(one))) {
    grant.addOIDCScope(asked.join(' '))
    grant.addOIDCClaims(claims)
    await grant.save()
  }
  return grant
}
