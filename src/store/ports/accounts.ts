import type { CustomerKey, Role } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from './audit.ts'

/** An account: what PIAS's tokens speak of. Times are epoch milliseconds. */
export type Account = {
  readonly id: AccountId
  readonly createdAt: number
  readonly updatedAt: number
  /** The claims as last verified upstream. */
  readonly claims: AccountClaims
}

/** How a customer record came to belong to an account. `evidence` is free of plain personal data. */
export type CustomerLink = CustomerKey & {
  readonly role?: Role
  readonly method: 'match' | 'proof'
  readonly ruleVersion: string
  readonly evidence: Json
}

/** A customer link as stored. */
export type StoredCustomerLink = CustomerLink & { readonly linkedAt: number }

/**
 * `bound`: everything is written. `already`: this identity has an account, nothing was written.
 * `owned-elsewhere`: a record belongs to another account, nothing was written.
 */
export type BindResult =
  | { readonly kind: 'bound'; readonly accountId: AccountId }
  | { readonly kind: 'already'; readonly accountId: AccountId }
  | { readonly kind: 'owned-elsewhere'; readonly customers: readonly CustomerKey[] }

/**
 * Accounts with what is bound to them. Unique for ever: an identity key has one account, a customer record one owner.
 * Every write is one transaction together with its audit events.
 */
export type AccountsPort = {
  find(id: AccountId): Promise<Account | undefined>
  findByIdentity(key: IdentityKey): Promise<AccountId | undefined>
  /** Opens an account, binds the identity and the customer records to it, and appends the events: all or nothing. */
  open(input: {
    account: Account
    identity: IdentityKey
    customers: readonly CustomerLink[]
    events: readonly AuditEvent[]
  }): Promise<BindResult>
  /** Takes over newly verified claims. */
  updateClaims(id: AccountId, claims: AccountClaims, updatedAt: number): Promise<void>
  /** The customer records of an account, in the order of service line and customer id. */
  customersOf(id: AccountId): Promise<readonly StoredCustomerLink[]>
  /** Who owns each of these records; those nobody owns are absent. Keys as `customerKeyOf`. */
  ownersOf(keys: readonly CustomerKey[]): Promise<ReadonlyMap<string, AccountId>>
}
