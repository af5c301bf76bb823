import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'

/** Each answers whether there is such an account; without one nothing happens. */
export type AccountAccess = {
  /** Nobody gets in any more; everything that was given is worth nothing, and the apps are told. */
  block(id: AccountId): Promise<boolean>
  /** Lets the person log in again. Earlier logins and tokens stay revoked. */
  unblock(id: AccountId): Promise<boolean>
  /** Ends all logins of the account, at PIAS and at the apps. */
  endLogins(id: AccountId): Promise<boolean>
  /**
   * Removes the account with what is bound to it or part of it, and destroys its data key; its logins end like those of a blocked one.
   * @param reason for the audit trail, which outlives the key: no personal data
   */
  erase(id: AccountId, reason: string): Promise<boolean>
}

/**
 * Access to accounts. Each first ends what there is in one transaction, of which every node knows with its next read;
 * then the apps are told: no login that began in between is forgotten, for it comes to nothing. Safe to run again.
 * JSON web tokens live on until they expire, five minutes at most.
 */
export const createAccountAccess = (deps: {
  accounts: Pick<AccountsPort, 'changeAccess' | 'erase' | 'find'>
  logouts: Pick<LogoutsPort, 'release'>
  clock: Clock
}): AccountAccess => {
  const { accounts, logouts, clock } = deps
  const eventOf = (type: string, accountId: AccountId, data = {}) => [{ at: clock(), type, accountId, data }]
  const tellApps = (accountId: AccountId) => logouts.release({ accountId }, clock())

  const end = async (id: AccountId, type: string, blocked: { blocked?: true } = {}): Promise<boolean> => {
    const change = { id, ...blocked, loginsNotBefore: clock(), events: eventOf(type, id) }
    const existed = await accounts.changeAccess(change)
    if (existed) await tellApps(id)
    return existed
  }

  const access: AccountAccess = {
    block: id => end(id, 'account.blocked', { blocked: true }),
    endLogins: id => end(id, 'account.logins-ended'),
    unblock: id => accounts.changeAccess({ id, blocked: false, events: eventOf('account.unblocked', id) }),
    erase: async (id, reason) => {
      // What is part of it is of the same person.
      for (const part of (await accounts.find(id))?.absorbed ?? []) await access.erase(part.id, reason)
      const events = eventOf('account.erased', id, { reason })
      const existed = await accounts.erase({ id, erasedAt: clock(), events })
      // Also where it is gone already: an earlier try may have ended before this.
      await tellApps(id)
      return existed
    },
  }
  return access
}
