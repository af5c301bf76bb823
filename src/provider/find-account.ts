import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Dated } from '#src/provider/sessions/session-ends.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import { toProviderAccount } from './claims.ts'

type Source = Parameters<FindAccount>[2]

/**
 * When the login was that a token or the session of a request rests on, in epoch milliseconds; 0 for nobody knows. A
 * token's grant knows it to the millisecond, the token only the second it was issued in.
 */
const loginOf = async ({ oidc }: KoaContextWithOIDC, source: Source): Promise<number> => {
  const { grantId, iiat, iat } = (source ?? {}) as { grantId?: string; iiat?: number; iat?: number }
  const grant = grantId === undefined ? undefined : (oidc.entities.Grant ?? (await oidc.provider.Grant.find(grantId)))
  const { loggedInAt } = ((source === undefined ? oidc.session : grant) ?? {}) as Dated
  return loggedInAt ?? (iiat ?? iat ?? 0) * 1000
}

/**
 * Whether what rests on a login is still worth something: the account is open, and nobody ended the login from outside.
 * @param source the code or token that is used; without one it is the session of the request
 */
export const isGood = async (account: Account, ctx: KoaContextWithOIDC, source: Source): Promise<boolean> => {
  const { blocked, loginsNotBefore } = account
  if (blocked === true) return false
  return loginsNotBefore === undefined || (await loginOf(ctx, source)) >= loginsNotBefore
}

/**
 * Looks an account up for oidc-provider. One that is gone or blocked, or whose login was ended from outside, is not
 * there: that ends its sessions, codes and tokens, at once and on every node. The session itself goes, too, so that the
 * next login has one of its own. While the store is away both this and the claims fail with 503.
 */
export const createFindAccount =
  (accounts: AccountsPort): FindAccount =>
  async (ctx, sub, token) => {
    const account = await accounts.find(sub as AccountId).catch(asUnavailable)
    if (account !== undefined && (await isGood(account, ctx, token))) return toProviderAccount(account, accounts)
    if (token === undefined) await ctx.oidc?.session?.destroy()
    return undefined
  }
