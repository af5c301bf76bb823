import { hash } from 'node:crypto'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from './audit.ts'

/**
 * Why people are to look at a link (docs/decisions/0066): a linked record changed so that it would not be linked today; a
 * linked record was withdrawn; somebody else is to be linked to a record that has an owner; an account is to get another
 * identity in place of the one it has.
 */
export const REVIEW_KINDS = ['record-changed', 'record-withdrawn', 'owner-conflict', 'rebind'] as const
export type ReviewKind = (typeof REVIEW_KINDS)[number]

/** What people found: the link is right as it is; it was ended or moved, by other means; nobody can tell. */
export const REVIEW_OUTCOMES = ['kept', 'changed', 'undecided'] as const
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number]

/** What a review is about: the same matter has one review, however often it is raised. */
export type ReviewMatter = {
  readonly kind: ReviewKind
  readonly accountId: AccountId
  /** The record, where it is about one. */
  readonly customer?: CustomerKey
}

/** A review. Times are epoch milliseconds; `data` holds codes, levels and references, never a value of a record. */
export type Review = ReviewMatter & {
  readonly id: string
  readonly raisedAt: number
  readonly data: Json
  /** Absent while it is open. */
  readonly closed?: { readonly at: number; readonly by: string; readonly outcome: ReviewOutcome }
}

/** How a review is closed: the opening that was looked at, which may be over by now, and what was found. */
export type ReviewClosing = {
  readonly id: string
  readonly raisedAt: number
  readonly at: number
  readonly by: string
  readonly outcome: ReviewOutcome
}

const ID_LENGTH = 22

/** The id of a matter's review, in the terms of the store that keeps it. */
export const reviewIdOf = ({ kind, accountId, customer }: ReviewMatter): string =>
  hash('sha256', JSON.stringify([kind, accountId, customer && customerKeyOf(customer)]), 'base64url').slice(
    0,
    ID_LENGTH,
  )

/** Reviews, at most one for a matter. A link is never changed here: a review says that somebody must look. */
export type ReviewsPort = {
  /**
   * Opens the review of a matter, again if it was closed, and appends the events: all or nothing. One that is open stays as
   * it is, as does one for an account that is not there.
   * @returns whether it was opened
   */
  raise(input: { matter: ReviewMatter; raisedAt: number; data: Json; events: readonly AuditEvent[] }): Promise<boolean>
  find(id: string): Promise<Review | undefined>
  /** The oldest first, after the given one; open ones only, unless all are asked for; of one account, where one is given. */
  list(query: {
    all?: boolean
    accountId?: AccountId
    after?: Pick<Review, 'raisedAt' | 'id'>
    limit: number
  }): Promise<readonly Review[]>
  /**
   * Closes a review and appends the events: all or nothing.
   * @returns whether it was open, and since then
   */
  close(input: ReviewClosing & { readonly events: readonly AuditEvent[] }): Promise<boolean>
}
