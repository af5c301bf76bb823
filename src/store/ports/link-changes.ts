import type { CustomerKey } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Account, StoredCustomerLink } from './accounts.ts'
import type { AuditEvent } from './audit.ts'
import type { ReviewClosing, ReviewMatter } from './reviews.ts'

type Move = {
  /** Who must have it when the change is made; absent for nobody. */
  readonly from?: AccountId
  /** Who has it then; absent for nobody. */
  readonly to?: AccountId
}

/**
 * One thing passes from one account to another. An account passes like a record: merged into another, it is part of that
 * one, with all it has; `apps` know the person by it. `link` is what is kept of a record's link, for `to`, else for `from`;
 * absent once that account was erased. `identity` is written as {@link LinkChangesPort.referTo} writes it. Whoever an
 * identity, or a part's, let in may have made passkeys, or asked for the erasure: those of the account that it leaves, and of
 * the whole which that is a part of, are gone with it. An old login of the account ends, for it may have brought the identity.
 */
export type LinkMove = Move &
  (
    | { readonly thing: 'record'; readonly record: CustomerKey; readonly link?: StoredCustomerLink }
    | { readonly thing: 'identity'; readonly identity: IdentityKey }
    | { readonly thing: 'account'; readonly account: AccountId; readonly apps: readonly string[] }
  )

/** What somebody does to links. */
export type LinkChangeKind = 'link' | 'unlink' | 'rebind' | 'merge' | 'split' | 'undo'

/**
 * An act on links: it is never changed once it was done, and undoing it is another one. `by` names who did it, `decidedBy`
 * who approved or withdrew what was proposed. Times are epoch milliseconds.
 */
export type LinkChange = {
  readonly id: string
  readonly kind: LinkChangeKind
  readonly state: 'proposed' | 'done' | 'withdrawn'
  readonly at: number
  readonly by: string
  /** No personal data. */
  readonly reason: string
  readonly moves: readonly LinkMove[]
  readonly decidedBy?: string
  readonly decidedAt?: number
  /** The change that this one undoes, and the one that undid this. */
  readonly undoes?: string
  readonly undoneBy?: string
}

/**
 * Whether a link by `match` is given to somebody anew: what people have taken from an account never is (see `contestedAmong`
 * of accounts), but what passes from one account to another, or is put back, was somebody's all along.
 */
export const isNewMatch = (
  { link, from }: { readonly link: StoredCustomerLink | undefined; readonly from: AccountId | undefined },
  kind: LinkChangeKind,
): boolean => kind === 'link' && from === undefined && link?.method === 'match'

/** A review that a change settles, if it is open, and what the audit trail is told then. */
export type Settlement = { readonly matter: ReviewMatter; readonly event: AuditEvent }

/** Acts on links, each one transaction with what it changes, its record and its audit events. */
export type LinkChangesPort = {
  /** How an identity is named in moves: what is told of it may be a token. */
  referTo(identity: IdentityKey): Promise<IdentityKey>
  /** The identities of an account, as moves name them, by issuer and client. */
  identitiesOf(id: AccountId): Promise<readonly IdentityKey[]>
  /** Who has an identity that is named as {@link LinkChangesPort.identitiesOf} names it. */
  ownerOf(named: IdentityKey): Promise<AccountId | undefined>
  /** Keeps a change for somebody else to decide on. Nothing is moved. */
  propose(change: LinkChange, events: readonly AuditEvent[]): Promise<void>
  /** Lets a proposed change be forgotten. @returns whether it was still proposed */
  withdraw(input: { id: string; by: string; at: number; events: readonly AuditEvent[] }): Promise<boolean>
  /**
   * Makes a change, all of it or nothing: `stale` when something is not where `from` says, an account is not there, one
   * that would get something is itself merged or has an identity of that upstream, or the change was proposed and decided
   * on, or what it undoes is undone, or the review it closes is not open any more. Atomic: of parallel changes of one
   * thing one is done.
   * @param input.opens accounts that are opened with it
   * @param input.endLogins accounts whose logins before the change have ended
   * @param input.closes the review that this decides
   * @param input.settles reviews that are about what moves: those that are open are closed as `changed`, by whoever made the change
   */
  apply(input: {
    change: LinkChange
    opens: readonly { account: Account; dataKey?: string }[]
    endLogins: readonly AccountId[]
    closes?: ReviewClosing
    settles?: readonly Settlement[]
    events: readonly AuditEvent[]
  }): Promise<'done' | 'stale'>
  find(id: string): Promise<LinkChange | undefined>
  /** Newest first: those that touch an account, or those that wait to be decided on; `before` is the last of the page before. */
  list(query: {
    of: { accountId: AccountId } | 'proposed'
    before?: Pick<LinkChange, 'at' | 'id'>
    limit: number
  }): Promise<readonly LinkChange[]>
}

/** The accounts that a change is about, each once. */
export const accountsOf = ({ moves }: Pick<LinkChange, 'moves'>): readonly AccountId[] => [
  ...new Set(
    moves.flatMap(move => [
      ...(move.from === undefined ? [] : [move.from]),
      ...(move.to === undefined ? [] : [move.to]),
      ...(move.thing === 'account' ? [move.account] : []),
    ]),
  ),
]
