import type { AccountId } from '#src/kernel/identity.ts'

/** An app that takes part in a session and wants to be told of its end. Random ids only, nothing of a person. */
export type LogoutNotice = {
  /** The session as this app knows it (OpenID Connect Back-Channel Logout 1.0, 2.1: `sid`); unique. */
  readonly sid: string
  readonly sessionUid: string
  readonly clientId: string
  readonly accountId: AccountId
  /** The account by whose name the app knows the person, where that is a part of the account (ADR 0071). */
  readonly subjectOf?: AccountId
}

/**
 * A notice whose time has come. `released`: the session was ended; else only its time was over, and somebody may have
 * prolonged it. `tries` counts how often the notice was taken, this time included.
 */
export type DueLogout = LogoutNotice & { readonly released: boolean; readonly tries: number }

/**
 * Outbox of back-channel logouts: what is in it will be delivered, whatever happens to a node meanwhile. Times are epoch
 * milliseconds.
 */
export type LogoutsPort = {
  /** Notes an app, to be told at `endsAt` unless it is noted again until then. Of a session that was ended it does nothing. */
  watch(notice: LogoutNotice, endsAt: number): Promise<void>
  /** Lets all be told now: of a session, of one app in it, or of an account. @returns how many */
  release(of: { accountId: AccountId } | { sessionUid: string; clientId?: string }, now: number): Promise<number>
  /**
   * Takes what is due, the longest due first. Atomic: each goes to one of any number of parallel callers, and is due
   * again after the lease, should its taker die.
   */
  takeDue(input: { now: number; leaseMs: number; limit: number }): Promise<readonly DueLogout[]>
  /** Lets a notice that was taken be due again at `dueAt`. */
  postpone(sid: string, dueAt: number): Promise<void>
  /** Forgets a notice: it was delivered, or will never be. */
  settle(sid: string): Promise<void>
}
