import type { CustomerKey, Role } from '#src/kernel/customer.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { TypedContact } from './typed-contact.ts'

/**
 * What somebody has proved, worth nothing without the identity and the attempt it was proved in: that an invoice of these
 * records lies before them (by its digest, see invoice-references.ts), or that they read what is sent to a contact.
 */
export type Proof =
  | { readonly kind: 'invoice'; readonly records: readonly CustomerKey[]; readonly invoice: string }
  | { readonly kind: 'contact'; readonly contact: TypedContact }

/** A record that a proof has brought; `proven` or tied to one that is. */
export type FoundRecord = CustomerKey & {
  readonly role?: Role
  /** A company's. */
  readonly business?: true
  readonly proven: boolean
}

/** Where a proof is made: which app, which attempt. */
export type ProofContext = { readonly clientId: string; readonly attemptUid: string }

/**
 * What a proof comes to. `found`: records that may be linked now; nothing is written yet. `recreated`: they are this very
 * person's already, by an identity that this one takes the place of. `wrong` stands for all failures alike: no such record,
 * another reference or code, or a record that cannot be this person's. `locked`: too many tries of this identity today.
 * `owned-elsewhere`: the answer is right, but another account has the record, and links are never moved unasked.
 */
export type ProofOutcome =
  | { readonly kind: 'found'; readonly proof: Proof; readonly records: readonly FoundRecord[] }
  | { readonly kind: 'recreated'; readonly proof: Proof; readonly accountId: AccountId }
  | { readonly kind: 'wrong' | 'locked' | 'owned-elsewhere' }

/** Tries one identity has, whatever the number of its attempts. */
export const MAX_TRIES_PER_DAY = 10

/**
 * Tries at one record by invoice in a week, whoever makes them: a person has several identities, such as after a new account
 * at an upstream, and a household several people. More than one person needs.
 */
export const MAX_TRIES_AT_RECORD = 20

/** Whether proofs may bring more than the very record: only where the claims are not the person's own word. */
export const isVerified = ({ assurance }: Pick<VerifiedIdentity, 'assurance'>): boolean => assurance === 'verified'
