import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import { claimsAskedBy, scopesOfClaims } from '#src/provider/claims-parameter.ts'

/** What decides whether a scope needs a person's consent. */
export type ConsentRules = {
  /** Those of the scopes that this client may have only with the person's consent. */
  needing(clientId: string, scopes: readonly string[]): string[]
}

/**
 * PIAS's own apps (`pias_first_party`) have their consent by contract, but for data on health; all others ask for
 * everything but the login itself.
 */
export const createConsentRules = (deps: {
  isFirstParty: (clientId: string) => boolean
  apis: () => readonly ApiMetadata[]
}): ConsentRules => {
  const healthScopes = () =>
    deps.apis().flatMap(({ scopes }) => scopes.filter(({ consent }) => consent === 'health').map(({ name }) => name))
  return {
    needing: (clientId, scopes) => {
      const others = scopes.filter(scope => scope !== 'openid')
      if (others.length === 0) return []
      if (!deps.isFirstParty(clientId)) return others
      const health = new Set(healthScopes())
      return others.filter(scope => health.has(scope))
    },
  }
}

/** Every scope that a request asks for and could get, those of single claims as well. */
export const scopesOf = (ctx: KoaContextWithOIDC): string[] => {
  const { oidc } = ctx
  const ofApis = Object.values(oidc.resourceServers ?? {}).flatMap(({ scopes }) => [...scopes])
  const known = new Set([...oidc.requestParamOIDCScopes, ...ofApis])
  const named = [...oidc.requestParamScopes].filter(scope => known.has(scope))
  return [...new Set([...named, ...scopesOfClaims(claimsAskedBy(ctx))])]
}
