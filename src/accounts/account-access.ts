import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { Author } from './link-changes.ts'

/**
 * Each answers whether there is such an account; without one nothing happens. Who did it and why is in the account's
 * timeline.
 */
export type AccountAccess = {
  /** Nobody gets in any more; everything that was given is worth nothing, and the apps are told. */
  block(id: AccountId, author: Author): Promise<boolean>
  /** Lets the person log in again. Earlier logins and tokens stay revoked. */
  unblock(id: AccountId, author: Author): Promise<boolean>
  /** Ends all logins of the account, at PIAS and at the apps. */
  endLogins(id: AccountId, author: Author): Promise<boolean>
  /**
   * Removes the account with what is bound to it or part of it, and destroys its data key; its logins end like those of a blocked one.
   * @param author is in the audit trail, which outlives the key: no personal data
   */
  erase(id: AccountId, author: Author): Promise<boolean>
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
  const eventOf = (type: string, accountId: AccountId, { by, reason }: Author) => [
    { at: clock(), type, accountId, data: { by, reason } },
  ]
  const tellApps = (accountId: AccountId) => logouts.release({ accountId }, clock())

  const end = async (
    id: AccountId,
    type: string,
    author: Author,
    blocked: { blocked?: true } = {},
  ): Promise<boolean> => {
    const change = { id, ...blocked, loginsNotBefore: clock(), events: eventOf(type, id, author) }
    const existed = await accounts.changeAccess(change)
    if (existed) await tellApps(id)
    return existed
  }

  const access: AccountAccess = {
    block: (id, author) => end(id, 'account.blocked', author, { blocked: true }),
    endLogins: (id, author) => end(id, 'account.logins-ended', author),
    unblock: (id, author) =>
      accounts.changeAccess({ id, blocked: false, events: eventOf('account.unblocked', id, author) }),
    erase: async (id, author) => {
      // What is part of it is of the same person.
      for (const part of (await accounts.find(id))?.absorbed ?? []) await access.erase(part.id, author)
      const events = eventOf('account.erased', id, author)
      const existed = await accounts.erase({ id, erasedAt: clock(), events })
      // Also where it is gone already: an earlier try may have ended before this.
      await tellApps(id)
      return existed
    },
  }
  return access
}
