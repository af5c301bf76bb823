import type { AccountId } from '#src/kernel/identity.ts'
import type { Account, AccountsPort } from './accounts.ts'

/**
 * The account that somebody logs in to: the one an identity belongs to, or the one that it was merged into (ADR 0071).
 * @returns undefined where there is none
 */
export const findWhole = async (accounts: Pick<AccountsPort, 'find'>, id: AccountId): Promise<Account | undefined> => {
  const account = await accounts.find(id)
  return account?.mergedInto === undefined ? account : findWhole(accounts, account.mergedInto)
}
