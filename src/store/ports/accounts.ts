import type { CustomerKey, Role } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from './audit.ts'

/** An account: what PIAS's tokens speak of. Times are epoch milliseconds. */
export type Account = {
  readonly id: AccountId
  readonly createdAt: number
  readonly updatedAt: number
  /** What is known of the person, and by whom. Only changed by compare-and-set on `updatedAt`. */
  readonly claims: AccountClaims
  /** What apps knew the person by before PIAS, by client id: the `sub` they go on to see. Never changes. */
  readonly subjects?: Readonly<Record<string, string>>
  /** Nobody gets in, and nothing that was given before is worth anything. */
  readonly blocked?: true
  /** Logins before this moment have ended, whatever is left of them. */
  readonly loginsNotBefore?: number
  /** The account that it is part of: it has no logins of its own, and is never gone for good (ADR 0071). */
  readonly mergedInto?: AccountId
  /** The accounts that are part of this one, in the order of ids, each with the apps that know the person by it. */
  readonly absorbed?: readonly { readonly id: AccountId; readonly apps: readonly string[] }[]
}

/** An account as it is stored: with its wrapped data key, if it has one. It goes with the account, and for good (ADR 0016). */
export type StoredAccount = Account & { readonly dataKey?: string }

/**
 * What an account's claims become, if they are still those of the version `from` (its `updatedAt`). `updatedAt` is later than
 * `from`, so that no two versions are the same one.
 */
export type ClaimsChange = { readonly from: number; readonly claims: AccountClaims; readonly updatedAt: number }

/** How a customer record came to belong to an account. `evidence` is free of plain personal data. */
export type CustomerLink = CustomerKey & {
  readonly role?: Role
  readonly method: 'match' | 'proof' | 'admin' | 'import'
  readonly ruleVersion: string
  readonly evidence: Json
}

/** A customer link as stored. */
export type StoredCustomerLink = CustomerLink & { readonly linkedAt: number }

/**
 * `bound`: everything is written. `already`: this identity has an account, nothing was written.
 * `owned-elsewhere`: a record belongs to another account, nothing was written. `contested`: one that would be linked by `match`
 * was taken from somebody (see {@link AccountsPort.contestedAmong}), nothing was written.
 */
export type BindResult =
  | { readonly kind: 'bound'; readonly accountId: AccountId }
  | { readonly kind: 'already'; readonly accountId: AccountId }
  | { readonly kind: 'owned-elsewhere'; readonly customers: readonly CustomerKey[] }
  | { readonly kind: 'contested' }

/** How many identities and customer records are bound to an account, and logins from before it (none or one). */
export type AccountSummary = {
  readonly id: AccountId
  readonly identities: number
  readonly links: number
  readonly credentials: number
}

/**
 * Accounts with what is bound to them. Unique for ever: an identity key has one account, a customer record one owner.
 * Every write is one transaction together with its audit events.
 */
export type AccountsPort = {
  find(id: AccountId): Promise<StoredAccount | undefined>
  findByIdentity(key: IdentityKey): Promise<AccountId | undefined>
  /** The account that an identity is bound to, as of one moment. */
  findWithIdentity(key: IdentityKey): Promise<StoredAccount | undefined>
  /**
   * Opens an account with its wrapped data key if it has one, binds the identity and the customer records to it, and appends
   * the events: all or nothing. That nobody owns a record, and that none by `match` is contested, holds when it is written,
   * however much staff do meanwhile.
   */
  open(input: {
    account: Account
    identity: IdentityKey
    customers: readonly CustomerLink[]
    events: readonly AuditEvent[]
    dataKey?: string
  }): Promise<BindResult>
  /** Changes the claims; `change-claims.ts` does it whoever is faster. @returns false when they have changed, or are gone */
  updateClaims(id: AccountId, change: ClaimsChange): Promise<boolean>
  /** The customer records of an account, in the order of service line and customer id. */
  customersOf(id: AccountId): Promise<readonly StoredCustomerLink[]>
  /** Who owns each of these records; those nobody owns are absent. Keys as `customerKeyOf`. */
  ownersOf(keys: readonly CustomerKey[]): Promise<ReadonlyMap<string, AccountId>>
  /**
   * Which of these records people have taken from an account and given to nobody, if they did not take that back: what is
   * known of a person was wrong about them once. Keys as `customerKeyOf`. Kept for good, also once somebody has the record.
   */
  contestedAmong(keys: readonly CustomerKey[]): Promise<ReadonlySet<string>>
  /**
   * Blocks an account or lets it in again, and ends the logins before `loginsNotBefore`, which never becomes earlier; what
   * is left out stays. Appends the events, all or nothing.
   * @returns whether there is such an account; without one nothing is written
   */
  changeAccess(input: {
    id: AccountId
    blocked?: boolean
    loginsNotBefore?: number
    events: readonly AuditEvent[]
  }): Promise<boolean>
  /**
   * Removes the account, its identities, links and data key, notes it in the ledger of erasures, and appends the events:
   * all or nothing. The ledger is written even where there is no such account; what it says of one stays.
   * @returns whether there was one
   */
  erase(input: { id: AccountId; erasedAt: number; events: readonly AuditEvent[] }): Promise<boolean>
  /** Every account, in the order of ids, after the given one ('' for the beginning). */
  survey(query: { after: string; limit: number }): Promise<readonly AccountSummary[]>
  /** How many identities and links there are in all, those without an account included. */
  totals(): Promise<{ identities: number; links: number }>
}
