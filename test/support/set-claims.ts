import type { AccountClaims, AccountId } from '#src/kernel/identity.ts'
import { changeClaims } from '#src/store/ports/change-claims.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Makes the claims of an account something else, whatever they were; `to` tells what. */
export const setClaims = async (
  { accounts }: Pick<Store, 'accounts'>,
  id: AccountId,
  to: (claims: AccountClaims) => AccountClaims,
): Promise<void> => {
  const account = await accounts.find(id)
  if (account === undefined) throw new Error('there is no such account')
  await changeClaims(accounts, account, account.updatedAt, to)
}
