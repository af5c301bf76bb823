import type { AccountId } from '#src/kernel/identity.ts'

/** That an account was erased, and when (epoch milliseconds). The id tells nothing once the account is gone. */
export type Erasure = { readonly accountId: AccountId; readonly erasedAt: number }

/**
 * The ledger of erased accounts, written by `AccountsPort.erase`. It is exported, so that what was erased after a backup
 * was made can be erased again when that is restored.
 */
export type ErasuresPort = {
  /** In the order of account ids, after the given one ('' for the beginning). */
  list(query: { after: string; limit: number }): Promise<readonly Erasure[]>
}
