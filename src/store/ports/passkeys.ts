import type { AccountId } from '#src/kernel/identity.ts'
import type { AuditEvent } from './audit.ts'

/**
 * A passkey as stored: `document` holds its public key and name as one opaque text, `counter` is what its authenticator
 * counted last (WebAuthn, 6.1.1; 0 for those that do not count). Times are epoch milliseconds.
 */
export type StoredPasskey = {
  /** The credential id; unique. */
  readonly id: string
  readonly accountId: AccountId
  readonly document: string
  readonly counter: number
  readonly createdAt: number
  readonly usedAt?: number
}

/** Passkeys of accounts; they go with their account. Every write is one transaction together with its audit events. */
export type PasskeysPort = {
  /**
   * Atomic: at most `most` for an account, an id once. `gone`: there is no such account, or the login of this moment, in
   * which it is made, has ended (`loginsNotBefore`); then nothing is written.
   */
  add(
    passkey: StoredPasskey,
    terms: { most: number; loggedInAt: number },
    events: readonly AuditEvent[],
  ): Promise<'added' | 'taken' | 'full' | 'gone'>
  find(id: string): Promise<StoredPasskey | undefined>
  /** Those of an account, the oldest first. */
  list(accountId: AccountId): Promise<readonly StoredPasskey[]>
  /** Atomic compare-and-set of the counter: of two that show the same count, as a copy would, one is refused. */
  use(input: { id: string; from: number; to: number; at: number }): Promise<boolean>
  /** @returns whether the account had it */
  remove(input: { accountId: AccountId; id: string; events: readonly AuditEvent[] }): Promise<boolean>
}
