import type { AccountId } from '#src/kernel/identity.ts'

/** That an account was erased, and when (epoch milliseconds). The id tells nothing once the account is gone. */
export type Erasure = { readonly accountId: AccountId; readonly erasedAt: number }

/**
 * The ledger of erased accounts, written by `AccountsPort.erase`, and the erasures that people asked for. The ledger is
 * exported, so that what was erased after a backup was made can be erased again when that is restored.
 */
export type ErasuresPort = {
  /** Notes that an account is to be erased at `dueAt` (epoch milliseconds); what was asked first stays. @returns when */
  request(accountId: AccountId, dueAt: number): Promise<number>
  /** Takes it back. @returns whether it was asked */
  withdraw(accountId: AccountId): Promise<boolean>
  /** When an account will be erased, if that was asked. */
  requested(accountId: AccountId): Promise<number | undefined>
  /** The accounts whose time has come, the longest due first. They stay until they are erased. */
  due(query: { now: number; limit: number }): Promise<readonly AccountId[]>
  /** In the order of account ids, after the given one ('' for the beginning). */
  list(query: { after: string; limit: number }): Promise<readonly Erasure[]>
}
