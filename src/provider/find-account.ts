import type { FindAccount, KoaContextWithOIDC, Account as ProviderAccount } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ConsentRules } from '#src/provider/consent/consent-rules.ts'
import { isLoginValid } from '#src/provider/sessions/is-login-valid.ts'
import type { Dated } from '#src/provider/sessions/session-ends.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { toProviderAccount } from './claims.ts'
import { namesInClaims, scopeOfClaim, scopesOfClaims } from './claims-parameter.ts'
import { type IdentityAssurances, verifiedClaims } from './verified-claims.ts'

type Source = Parameters<FindAccount>[2]

type Token = { clientId?: string; scope?: string; claims?: unknown; grantId?: string; iiat?: number; iat?: number }

/** The grant a token hangs on, with what it knows of login and consent. */
const grantOf = async ({ oidc }: KoaContextWithOIDC, { grantId }: Token): Promise<Dated | undefined> =>
  grantId === undefined ? undefined : ((oidc.entities.Grant ?? (await oidc.provider.Grant.find(grantId))) as Dated)

/**
 * When the login was that a token or the session of a request rests on, in epoch milliseconds; 0 for nobody knows. A
 * token's grant knows it to the millisecond, the token only the second it was issued in.
 */
const loginOf = async (ctx: KoaContextWithOIDC, source: Source): Promise<number> => {
  const token = (source ?? {}) as Token
  const { loggedInAt } = ((source === undefined ? ctx.oidc.session : await grantOf(ctx, token)) ?? {}) as Dated
  return loggedInAt ?? (token.iiat ?? token.iat ?? 0) * 1000
}

/**
 * Whether what an account's login gave is still valid: the login was not ended, and the consent that a token rests on
 * was not withdrawn.
 * @param source the code or token that is used; without one it is the session of the request
 */
export type IsStillValid = (account: Account, ctx: KoaContextWithOIDC, source: Source) => Promise<boolean>

export const createIsStillValid = (deps: {
  consents: Pick<ConsentsPort, 'find'>
  rules: ConsentRules
}): IsStillValid => {
  const hasConsent = async (accountId: AccountId, ctx: KoaContextWithOIDC, source: Source): Promise<boolean> => {
    const token = (source ?? {}) as Token
    const { clientId } = token
    const held = [...(token.scope?.split(' ') ?? []), ...scopesOfClaims(namesInClaims(token.claims))]
    const needed = clientId === undefined ? [] : deps.rules.needing(clientId, held)
    if (clientId === undefined || needed.length === 0) return true
    const [consent, grant] = await Promise.all([
      deps.consents.find(accountId, clientId).catch(asUnavailable),
      grantOf(ctx, token),
    ])
    // Of another moment: it was taken back in between, and given again.
    return consent?.since === grant?.consentSince && needed.every(name => consent?.scopes.includes(name))
  }

  return async (account, ctx, source) => {
    const isLoggedIn = await isLoginValid(account, () => loginOf(ctx, source))
    return isLoggedIn && hasConsent(account.id, ctx, source)
  }
}

/** Shows an account to oidc-provider, with the claims it has for an app of this request. */
export type PresentAccount = (ctx: KoaContextWithOIDC, account: Account) => ProviderAccount

/** @param deps.assurances what stands behind verified claims, by upstream */
export const createPresentAccount = (deps: {
  accounts: Pick<AccountsPort, 'find' | 'customersOf'>
  assurances: IdentityAssurances
  clock: Clock
}): PresentAccount => {
  const { accounts, assurances, clock } = deps

  /** Whether the app may have a claim, by a scope or by its name. */
  const isGrantedIn = ({ oidc }: KoaContextWithOIDC, scope: string) => {
    const held = new Set([...scope.split(' '), ...(oidc.entities.Grant?.getOIDCClaims() ?? [])])
    return (claim: string): boolean => held.has(claim) || held.has(scopeOfClaim(claim) ?? '')
  }

  return (ctx, account) => {
    const { claims, ...found } = toProviderAccount(account, accounts)
    return {
      ...found,
      claims: async (use, scope, requested, rejected) => {
        const isGranted = isGrantedIn(ctx, scope)
        const verified =
          'verified_claims' in requested
            ? verifiedClaims(requested.verified_claims, account, { assurances, isGranted, now: clock() })
            : undefined
        return {
          ...(await claims(use, scope, requested, rejected)),
          ...(verified && { verified_claims: verified }),
        }
      },
    }
  }
}

/**
 * Looks an account up for oidc-provider. One that is gone or blocked, or whose login was ended from outside, is not
 * there: that ends its sessions, codes and tokens, at once and on every node. The session itself goes, too, so that the
 * next login has one of its own. While the store is away both this and the claims fail with 503.
 */
export const createFindAccount = (deps: {
  accounts: AccountsPort
  isStillValid: IsStillValid
  assurances: IdentityAssurances
  clock: Clock
}): FindAccount => {
  const { accounts, isStillValid } = deps
  const present = createPresentAccount(deps)

  return async (ctx, sub, token) => {
    const account = await accounts.find(sub as AccountId).catch(asUnavailable)
    if (account !== undefined && (await isStillValid(account, ctx, token))) return present(ctx, account)
    if (token === undefined) await ctx.oidc?.session?.destroy()
    return undefined
  }
}
