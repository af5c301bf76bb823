import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { ACRS, type Acr } from '#src/kernel/identity.ts'

/** What a request and its client demand of the login they get. */
type Demand = {
  /** Levels that will do, the most wanted first; a stronger one does as well. Empty: any will. */
  readonly acrs: readonly Acr[]
  /** Without one of them there is no login; else the app is told what there was (OIDC Core 5.5.1.1). */
  readonly essential: boolean
  /** Seconds that may have passed since the person was authenticated; 0: it has to be for this very request. */
  readonly maxAge?: number
}

type AcrRequest = { essential?: unknown; value?: unknown; values?: unknown }

const isKnown = (value: unknown): value is Acr => ACRS.includes(value as Acr)

const rank = (acr: Acr): number => ACRS.indexOf(acr)

/** Whether a login of this level does where `wanted` is asked. */
const does = (acr: unknown, wanted: Acr): boolean => isKnown(acr) && rank(acr) >= rank(wanted)

/** The levels that the `claims` parameter asks for, and only where they are essential; the library forgets which. */
const essentialAcrs = (ctx: KoaContextWithOIDC): readonly unknown[] | undefined => {
  const { claims } = ctx.oidc.params as { claims?: string }
  if (claims === undefined) return undefined
  const { essential, value, values }: AcrRequest = JSON.parse(claims).id_token?.acr ?? {}
  if (essential !== true) return undefined
  if (value !== undefined) return [value]
  return Array.isArray(values) ? values : undefined
}

/** Includes `default_acr_values` of the client, which the library has put there. */
const voluntaryAcrs = (ctx: KoaContextWithOIDC): readonly unknown[] =>
  ((ctx.oidc.params as { acr_values?: string }).acr_values ?? '').split(' ')

/** A `prompt=login`, or a client that wants nobody to come in by somebody else's login, leaves no age at all. */
const maxAgeOf = (ctx: KoaContextWithOIDC): { maxAge?: number } => {
  const { client, prompts, params } = ctx.oidc
  if (prompts.has('login') || client?.pias_single_sign_on === false) return { maxAge: 0 }
  const { max_age: maxAge } = params as { max_age?: number }
  return maxAge === undefined ? {} : { maxAge: Number(maxAge) }
}

/** @throws Error `unmet_authentication_requirements` (OpenID Connect Unmet Authentication Requirements 1.0) */
export const refuseUnmet = (): never => {
  const description = 'none of the requested levels of authentication could be obtained'
  throw new errors.CustomOIDCProviderError('unmet_authentication_requirements', description)
}

/**
 * Reads what is demanded. `pias_minimum_acr` of the client raises whatever is asked.
 * @throws Error `unmet_authentication_requirements` when no level that is essential is one of PIAS's
 */
export const demandOf = (ctx: KoaContextWithOIDC): Demand => {
  const asked = essentialAcrs(ctx)
  const known = (asked ?? voluntaryAcrs(ctx)).filter(isKnown)
  if (asked !== undefined && known.length === 0) return refuseUnmet()
  const minimum = ctx.oidc.client?.pias_minimum_acr as Acr | undefined
  const age = maxAgeOf(ctx)
  if (minimum === undefined) return { acrs: known, essential: asked !== undefined, ...age }
  const acrs = known.length === 0 ? [minimum] : known.map(acr => (does(acr, minimum) ? acr : minimum))
  return { acrs, essential: true, ...age }
}

/** Whether a login of this level is strong enough. */
export const isStrongEnough = ({ acrs }: Demand, acr: unknown): boolean =>
  acrs.length === 0 || acrs.some(wanted => does(acr, wanted))

/**
 * What the ID token says: the level of the session; where others are essential, the one of them that it reaches, for
 * then the app must be told one of those (OIDC Core 5.5.1.1).
 */
export const reportedAcr = (ctx: KoaContextWithOIDC): string | undefined => {
  const acr = ctx.oidc.session?.acr
  const asked = ctx.oidc.params === undefined ? undefined : essentialAcrs(ctx)
  if (asked === undefined || asked.includes(acr)) return acr
  return asked.filter(isKnown).find(wanted => does(acr, wanted)) ?? acr
}
