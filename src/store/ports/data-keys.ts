import type { AccountId } from '#src/kernel/identity.ts'

/**
 * The data keys that everything is encrypted with, each wrapped by another key, so that they are worth nothing by
 * themselves. Those of accounts are part of the accounts: they come with `AccountsPort.open` and go with `AccountsPort.erase`.
 */
export type DataKeysPort = {
  find(name: string): Promise<string | undefined>
  /** Those of accounts, by account; what has none is absent. */
  ofAccounts(ids: readonly (AccountId | string)[]): Promise<ReadonlyMap<string, string>>
  /** Atomic: the first one put under a name stays; every caller gets the one that is stored. */
  putIfAbsent(name: string, wrapped: string): Promise<string>
  /** Atomic compare-and-set: writes if `from` is what is stored. */
  replace(name: string, from: string, to: string): Promise<boolean>
}
