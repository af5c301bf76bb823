import type { AccountId } from '#src/kernel/identity.ts'

/** What a person lets an app have: scopes, and since when; times are epoch milliseconds. */
export type Consent = {
  readonly accountId: AccountId
  readonly clientId: string
  /** In the order of their names. */
  readonly scopes: readonly string[]
  /** When it was first given, or given again after it was taken back: older tokens rest on nothing. */
  readonly since: number
}

/** Consents, at most one for an account and an app. */
export type ConsentsPort = {
  find(accountId: AccountId, clientId: string): Promise<Consent | undefined>
  /** Adds scopes to what was given before. Atomic: of parallel callers none loses what another adds. */
  give(input: { accountId: AccountId; clientId: string; scopes: readonly string[]; at: number }): Promise<void>
  /** The consents of an account, in the order of client ids. */
  list(accountId: AccountId): Promise<readonly Consent[]>
  /** Takes a consent back. @returns whether there was one */
  withdraw(accountId: AccountId, clientId: string): Promise<boolean>
}
