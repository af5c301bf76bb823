import type { Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider'
import { claimsAskedBy, scopesOfClaims, VERIFIED } from '#src/provider/claims-parameter.ts'
import type { ConsentRules } from '#src/provider/consent/consent-rules.ts'
import { deviceOf } from '#src/provider/sessions/device-of.ts'
import type { Dated, Placed } from '#src/provider/sessions/session-ends.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { Consent, ConsentsPort } from '#src/store/ports/consents.ts'

type LoadExistingGrant = NonNullable<Configuration['loadExistingGrant']>

const split = (scope: string): string[] => scope.split(' ').filter(name => name !== '')

/** What a request asks for: scopes of people, claims by name, and scopes by API. */
const askedBy = (ctx: KoaContextWithOIDC) => ({
  scopes: [...ctx.oidc.requestParamOIDCScopes],
  claims: claimsAskedBy(ctx),
  resources: Object.entries(ctx.oidc.resourceServers ?? {}).map(([resource, server]) => ({
    resource,
    scopes: [...ctx.oidc.requestParamScopes].filter(scope => server.scopes.has(scope)),
  })),
})

type Asked = ReturnType<typeof askedBy>

/** The scopes it comes to; a claim needs what its scope needs. */
const namesOf = ({ scopes, claims, resources }: Asked): string[] => [
  ...scopes,
  ...scopesOfClaims(claims),
  ...resources.flatMap(one => one.scopes),
]

/** What of it may be given without asking. */
const allowedOf = ({ scopes, claims, resources }: Asked, mayHave: (scope: string) => boolean): Asked => ({
  scopes: scopes.filter(mayHave),
  // Verified claims wait for the consent that those in them need.
  claims: claims.filter(claim => scopesOfClaims(claim === VERIFIED ? claims : [claim]).every(mayHave)),
  resources: resources.map(one => ({ ...one, scopes: one.scopes.filter(mayHave) })),
})

const heldBy = (grant: Grant): string[] => [
  ...split(grant.getOIDCScope()),
  ...scopesOfClaims(grant.getOIDCClaims()),
  ...Object.keys(grant.resources ?? {}).flatMap(resource => split(grant.getResourceScope(resource))),
]

const holds = (held: readonly string[], asked: readonly string[]): boolean => asked.every(one => held.includes(one))

const isHeldBy = (grant: Grant, { scopes, claims, resources }: Asked): boolean =>
  grant.jti !== undefined &&
  holds(split(grant.getOIDCScope()), scopes) &&
  holds(grant.getOIDCClaims(), claims) &&
  resources.every(one => holds(split(grant.getResourceScope(one.resource)), one.scopes))

/** A grant that rests on a consent rests on that one; what was taken back and given again is another. */
const restsOn = ({ consentSince }: Grant & Dated, consent: Consent | undefined): boolean =>
  consentSince === undefined || consentSince === consent?.since

const add = (grant: Grant, { scopes, claims, resources }: Asked): void => {
  grant.addOIDCScope(scopes.join(' '))
  grant.addOIDCClaims(claims)
  for (const one of resources) if (one.scopes.length > 0) grant.addResourceScope(one.resource, one.scopes.join(' '))
}

/**
 * The grant that a request goes by: what the app asks, its metadata allows and, where consent is needed, the person has
 * given. What is missing the library then asks for. One grant per session and app, so that reuse of a token ends one
 * login and not all; widened when more is asked, written only when it changed, and left behind when it holds what the
 * person took back.
 */
export const createLoadExistingGrant = (deps: {
  consents: Pick<ConsentsPort, 'find'>
  rules: ConsentRules
}): LoadExistingGrant => {
  const { consents, rules } = deps

  const knownGrant = async (
    ctx: KoaContextWithOIDC,
    clientId: string,
    accountId: string,
  ): Promise<(Grant & Dated) | undefined> => {
    const grantId = ctx.oidc.result?.consent?.grantId ?? ctx.oidc.session?.grantIdFor(clientId)
    const known = grantId === undefined ? undefined : await ctx.oidc.provider.Grant.find(grantId)
    return known?.accountId === accountId ? known : undefined
  }

  const newGrant = (ctx: KoaContextWithOIDC, clientId: string, accountId: string): Grant => {
    const { provider, session } = ctx.oidc
    const { loggedInAt } = (session ?? {}) as Dated
    const device = deviceOf(ctx)
    return Object.assign(
      new provider.Grant({ accountId, clientId }),
      loggedInAt === undefined ? {} : { loggedInAt },
      session === undefined ? {} : { sessionUid: session.uid },
      device === undefined ? {} : { device },
    ) as Grant & Placed
  }

  return async ctx => {
    const { client, account, params } = ctx.oidc
    if (client === undefined || account === undefined || params === undefined) return undefined
    const { clientId } = client
    const { accountId } = account

    const asked = askedBy(ctx)
    const known = await knownGrant(ctx, clientId, accountId)
    const needing = rules.needing(clientId, [...namesOf(asked), ...(known === undefined ? [] : heldBy(known))])
    const consent =
      needing.length === 0 ? undefined : await consents.find(accountId as never, clientId).catch(asUnavailable)
    const mayHave = (scope: string) => !needing.includes(scope) || consent?.scopes.includes(scope) === true

    const isUsable = known !== undefined && heldBy(known).every(mayHave) && restsOn(known, consent)
    const grant: Grant & Dated = isUsable ? known : newGrant(ctx, clientId, accountId)
    const allowed = allowedOf(asked, mayHave)
    if (!isHeldBy(grant, allowed)) {
      add(grant, allowed)
      if (consent !== undefined) grant.consentSince = consent.since
      await grant.save()
    }
    return grant
  }
}
