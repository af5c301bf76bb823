import type { AccountAccess } from '#src/accounts/account-access.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { type AuditPort, BY_PERSON } from '#src/store/ports/audit.ts'
import type { ErasuresPort } from '#src/store/ports/erasures.ts'

/** How long a person may think again. */
const GRACE_MS = 14 * 24 * 3600 * 1000
const EVERY_MS = 60_000
const MOST_AT_ONCE = 100

/** Erasures that people ask for: each has its time, and can be taken back until then. */
export type ErasureGrace = {
  /** @returns when the account will be erased, in epoch milliseconds; a second request does not put it off */
  request(accountId: AccountId): Promise<number>
  withdraw(accountId: AccountId): Promise<void>
  requested(accountId: AccountId): Promise<number | undefined>
  /** Erases what is due. What fails is due again with the next run. */
  readonly job: Job
}

/** Erasure with a time of grace (GDPR, art. 17); both the request and the change of mind are in the audit trail. */
export const createErasureGrace = (deps: {
  erasures: Pick<ErasuresPort, 'request' | 'withdraw' | 'requested' | 'due'>
  access: Pick<AccountAccess, 'erase'>
  audit: Pick<AuditPort, 'append'>
  clock: Clock
  logger: Logger
}): ErasureGrace => {
  const { erasures, access, audit, clock, logger } = deps
  const note = (type: string, accountId: AccountId, data: { dueAt?: number } = {}) =>
    audit.append([{ at: clock(), type, accountId, data }])

  return {
    request: async accountId => {
      const wanted = clock() + GRACE_MS
      const dueAt = await erasures.request(accountId, wanted)
      // Asked again it is nothing new, and nobody is told twice.
      if (dueAt === wanted) await note('account.erasure-requested', accountId, { dueAt })
      return dueAt
    },
    withdraw: async accountId => {
      if (await erasures.withdraw(accountId)) await note('account.erasure-withdrawn', accountId)
    },
    requested: erasures.requested,
    job: {
      name: 'erase-accounts',
      everyMs: EVERY_MS,
      run: async () => {
        for (const accountId of await erasures.due({ now: clock(), limit: MOST_AT_ONCE })) {
          await access.erase(accountId, { by: accountId, reason: BY_PERSON })
          // An account that was gone before left its request behind.
          await erasures.withdraw(accountId)
          logger.info({ event: 'account_erased' }, 'an account was erased as its person asked')
        }
      },
    },
  }
}
