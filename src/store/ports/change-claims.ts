import { isDeepStrictEqual } from 'node:util'
import type { AccountClaims } from '#src/kernel/identity.ts'
import type { Account, AccountsPort, ClaimsChange } from './accounts.ts'

/**
 * The change of an account's claims from what they were when it was read.
 * @param now epoch milliseconds
 */
export const claimsChange = (
  { updatedAt: from }: Pick<Account, 'updatedAt'>,
  claims: AccountClaims,
  now: number,
): ClaimsChange => ({ from, claims, updatedAt: Math.max(now, from + 1) })

/**
 * Changes the claims of an account, whoever else does: where somebody was faster, `to` is asked again about what they made of
 * them. Nothing is written where nothing changes, or the account is gone.
 * @param account as it was read
 * @param now epoch milliseconds
 * @throws PiasError `store.unavailable`
 */
export const changeClaims = async (
  accounts: Pick<AccountsPort, 'find' | 'updateClaims'>,
  account: Account,
  now: number,
  to: (claims: AccountClaims) => AccountClaims,
): Promise<void> => {
  for (let seen: Account | undefined = account; seen !== undefined; seen = await accounts.find(account.id)) {
    const claims = to(seen.claims)
    if (isDeepStrictEqual(seen.claims, claims)) return
    if (await accounts.updateClaims(seen.id, claimsChange(seen, claims, now))) return
  }
}
