import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CredentialsPort, StoredCredential } from '#src/store/ports/credentials.ts'

/**
 * Makes the question whether an old login is worth something now: it has not ended, and its account is neither blocked nor
 * part of another one.
 */
export const createIsLoginActive =
  ({ accounts, clock }: { accounts: Pick<AccountsPort, 'find'>; clock: Clock }) =>
  async ({ retiresAt, accountId }: StoredCredential): Promise<boolean> => {
    if (retiresAt !== undefined && retiresAt <= clock()) return false
    const account = await accounts.find(accountId)
    return account !== undefined && account.blocked !== true && account.mergedInto === undefined
  }

/** The same by the account, for a login that was entered a while ago. */
export const createMayStillLogIn = (deps: {
  credentials: Pick<CredentialsPort, 'find'>
  accounts: Pick<AccountsPort, 'find'>
  clock: Clock
}) => {
  const isActive = createIsLoginActive(deps)
  return async (accountId: StoredCredential['accountId']): Promise<boolean> => {
    const credential = await deps.credentials.find(accountId)
    return credential !== undefined && isActive(credential)
  }
}
