import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Account, ClaimsChange, CustomerLink } from './accounts.ts'
import type { AuditEvent } from './audit.ts'

/**
 * How the person of an account logged in before the upstream. `document` holds what nobody looks for (the password's
 * hash) as one opaque text; `digest` tells whether a line of an import says the same again. Times are epoch milliseconds.
 */
export type StoredCredential = {
  readonly accountId: AccountId
  /** The account's name in the system it comes from; unique. */
  readonly legacyId: string
  /** In comparable form; unique. */
  readonly username?: string
  readonly document: string
  readonly digest: string
  /** From when on the old login is worth nothing. */
  readonly retiresAt?: number
}

/** A subject as an app knows it. */
export type SubjectKey = { readonly clientId: string; readonly subject: string }

/** An account as it is brought in; `subjects` are those of `account.subjects`, which no two accounts have. */
export type AccountImport = {
  readonly account: Account
  readonly subjects: readonly SubjectKey[]
  readonly credential: Omit<StoredCredential, 'accountId'>
  readonly identity?: IdentityKey
  readonly customers: readonly CustomerLink[]
  readonly events: readonly AuditEvent[]
  readonly dataKey?: string
}

/**
 * `bound`: everything is written; else nothing. `identity-owned`: the identity has an account, which may be this one.
 * `account-bound`: the account has another identity of this issuer and client. `customer-owned`: a record has another owner.
 * `gone`: there is no such account with an old login that counts: that has ended, or was ended with all logins since it was
 * entered, or the account is blocked or part of another. `stale`: its claims have changed.
 */
export type BindOutcome =
  | { readonly kind: 'bound' }
  | { readonly kind: 'identity-owned'; readonly accountId: AccountId }
  | { readonly kind: 'account-bound' }
  | { readonly kind: 'customer-owned' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'stale' }

/**
 * Accounts from before the upstream: brought in with their logins, their customer records and the subjects that apps know
 * them by, and bound to an identity later. Every write is one transaction together with its audit events.
 */
export type CredentialsPort = {
  /**
   * Brings accounts in, all of them or, where anything of one is taken (an id, a username, a record, an identity, a
   * subject), none.
   */
  importMany(accounts: readonly AccountImport[]): Promise<'imported' | 'taken'>
  find(accountId: AccountId): Promise<StoredCredential | undefined>
  findByUsername(username: string): Promise<StoredCredential | undefined>
  /** By their ids in the system they come from; those that nobody has are absent. */
  findByLegacyIds(legacyIds: readonly string[]): Promise<ReadonlyMap<string, StoredCredential>>
  /** Whether an app knows somebody by this subject. */
  isSubjectTaken(key: SubjectKey): Promise<boolean>
  /** Takes over a new username and document. @returns `taken` for a username that another account has */
  replace(credential: StoredCredential, events: readonly AuditEvent[]): Promise<'replaced' | 'taken' | 'gone'>
  /**
   * Binds an identity with its claims to the account, and more customer records; ends the logins before `at`, and lets the
   * old login end at `retiresAt`.
   * @param input.enteredAt when the old login was, in epoch milliseconds
   */
  bind(input: {
    accountId: AccountId
    identity: IdentityKey
    claims: ClaimsChange
    customers: readonly CustomerLink[]
    at: number
    enteredAt: number
    retiresAt: number
    events: readonly AuditEvent[]
  }): Promise<BindOutcome>
  /** Lets the old login end; it never ends later than it was to. @returns whether there is one */
  retire(input: { accountId: AccountId; retiresAt: number; events: readonly AuditEvent[] }): Promise<boolean>
  /** How many accounts were brought in, and how many subjects apps know. */
  totals(): Promise<{ credentials: number; subjects: number }>
}
