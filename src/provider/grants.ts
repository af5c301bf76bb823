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

/** What a request asks for: scopes of people, claims by name (which those scopes cover), and scopes by API. */
const askedBy = ({ oidc }: KoaContextWithOIDC) => ({
  scopes: [...oidc.requestParamOIDCScopes],
  claims: [...oidc.requestParamClaims],
  resources: Object.entries(oidc.resourceServers ?? {}).map(([resource, server]) => ({
    resource,
    scopes: [...oidc.requestParamScopes].filter(scope => server.scopes.has(scope)),
  })),
})

type Asked = ReturnType<typeof askedBy>

const holds = (held: string | readonly string[], asked: readonly string[]): boolean => {
  const all = new Set(typeof held === 'string' ? held.split(' ') : held)
  return asked.every(one => all.has(one))
}

const isHeldBy = (grant: Grant, { scopes, claims, resources }: Asked): boolean =>
  grant.jti !== undefined &&
  holds(grant.getOIDCScope(), scopes) &&
  holds(grant.getOIDCClaims(), claims) &&
  resources.every(one => holds(grant.getResourceScope(one.resource), one.scopes))

const add = (grant: Grant, { scopes, claims, resources }: Asked): void => {
  grant.addOIDCScope(scopes.join(' '))
  grant.addOIDCClaims(claims)
  for (const one of resources) grant.addResourceScope(one.resource, one.scopes.join(' '))
}

/**
 * The grant of one of PIAS's own apps: it holds what the app asks and its metadata allows, without a consent page. One
 * grant per session and app, widened when more is asked, written only when it changed.
 */
export const loadExistingGrant: LoadExistingGrant = async ctx => {
  const { client, account, params } = ctx.oidc
  if (client === undefined || account === undefined || params === undefined) return undefined

  const grant = await grantOf(ctx, client.clientId, account.accountId)
  const asked = askedBy(ctx)
  if (!isHeldBy(grant, asked)) {
    add(grant, asked)
    await grant.save()
  }
  return grant
}
