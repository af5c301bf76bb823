import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createOpenAccount, type OpeningDeps } from './account-opening.ts'

/**
 * Makes "I am new here": an account with the verified claims and no customer records. An identity that has an account
 * by now (another tab, a double click) gets that one.
 * @throws PiasError `store.unavailable`
 */
export const createOpenNewAccount = (deps: OpeningDeps) => {
  const openAccount = createOpenAccount(deps)
  return async (identity: VerifiedIdentity, { clientId }: { clientId: string }): Promise<{ accountId: AccountId }> => {
    const bound = await openAccount({ identity, clientId, origin: 'new', customers: [] })
    if (bound.kind === 'owned-elsewhere')
      throw new PiasError('server.failed', 'an account without records met an owner')
    return { accountId: bound.accountId }
  }
}
