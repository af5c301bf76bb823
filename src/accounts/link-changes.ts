import { randomBytes } from 'node:crypto'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { accountsOf, type LinkChange, type LinkChangesPort } from '#src/store/ports/link-changes.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { PasskeysPort } from '#src/store/ports/passkeys.ts'
import type { ReviewClosing } from '#src/store/ports/reviews.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { linkEvents, settledReviews } from './link-events.ts'
import { createLinkPlanner, type LinkPlan, type LinkRefusal, type LinkRequest } from './link-plan.ts'
import { planMark } from './plan-mark.ts'

/** Who does it and why; the reason is for the audit trail and holds no personal data. */
export type Author = { readonly by: string; readonly reason: string }

/**
 * `done`: everything is changed. `proposed`: somebody else must approve. `refused`: nothing was changed; `stale` when
 * something moved meanwhile, `same-person` when whoever proposed it would approve it, `own-account` when it gives or takes
 * something of whoever does it.
 */
export type LinkOutcome =
  | { readonly kind: 'done' | 'proposed'; readonly change: LinkChange }
  | { readonly kind: 'refused'; readonly refusal: LinkRefusal | 'stale' | 'same-person' | 'own-account' }

/** Acts on links: each can be undone, and undoing is an act like any other. */
export type LinkChanges = {
  /** What a request would do, and the mark by which it can be asked for as it was seen. Does nothing. */
  preview(
    request: LinkRequest,
  ): Promise<{ readonly plan: LinkPlan; readonly mark: string } | { readonly refusal: LinkRefusal }>
  /**
   * Does what is asked for; what takes two people is proposed.
   * @param seen the mark of a preview: `stale` when the request would do something else by now, such as take a record from
   * whom it has passed to
   */
  request(request: LinkRequest, author: Author, seen?: string): Promise<LinkOutcome>
  /**
   * Does what is asked for and closes a review with it, both or neither: `stale` when it is not open any more. What takes
   * two people decides no review.
   * @param seen as for {@link LinkChanges.request}
   * @param review.events what the audit trail is told of the review
   */
  decide(request: DecidingRequest, author: Author, review: ReviewDecision, seen?: string): Promise<LinkOutcome>
  /** What approving what is proposed would do now; undefined where it is not proposed, or cannot be done as things are. */
  previewProposed(change: LinkChange): Promise<LinkPlan | undefined>
  /** Does what somebody else proposed. */
  approve(id: string, by: string): Promise<LinkOutcome>
  /** Forgets what was proposed. @returns whether it was still proposed */
  withdraw(id: string, by: string): Promise<boolean>
}

/** What one person may do to decide on a review. */
export type DecidingRequest = Exclude<LinkRequest, { kind: 'merge' }>

/** A review that an act on links decides. */
export type ReviewDecision = { readonly closes: ReviewClosing; readonly events: readonly AuditEvent[] }

const newChangeId = (): string => randomBytes(12).toString('base64url')

/** What two people must want: whoever is merged with a stranger has the stranger's records. */
const takesTwo = ({ kind }: LinkRequest): boolean => kind === 'merge'

/**
 * Link, unlink, rebind, merge, split and undo (ADR 0071). A change is one transaction that moves each thing from where it
 * is said to be; then the logins of the accounts that lost something have ended, and their apps are told.
 */
export const createLinkChanges = (deps: {
  accounts: Pick<AccountsPort, 'find' | 'customersOf' | 'ownersOf' | 'findByIdentity' | 'changeAccess'>
  linkChanges: LinkChangesPort
  logouts: Pick<LogoutsPort, 'release'>
  grants: Pick<GrantsPort, 'findAllByUid'>
  consents: Pick<ConsentsPort, 'list'>
  passkeys: Pick<PasskeysPort, 'list'>
  clock: Clock
  newAccountId: () => AccountId
}): LinkChanges => {
  const { accounts, linkChanges, logouts, clock } = deps
  const plan = createLinkPlanner(deps)

  /** Nobody of the staff gives himself a record or a login; not by a part of his account either. */
  const isOwn = async (moves: LinkChange['moves'], by: string): Promise<boolean> => {
    const ids = accountsOf({ moves })
    const wholes = await Promise.all(ids.map(id => findWhole(accounts, id)))
    return [...ids, ...wholes.map(whole => whole?.id)].some(id => id === by)
  }

  /** What was proposed, planned anew: a merge alone is. */
  const planProposed = async ({ moves: [move] }: LinkChange): ReturnType<typeof plan> => {
    if (move?.thing !== 'account' || move.to === undefined) return { refusal: 'no-change' }
    const { account, apps, to: into } = move
    return plan({ kind: 'merge', account, into, apps }, clock())
  }

  const carryOut = async (change: LinkChange, planned: LinkPlan, review?: ReviewDecision): Promise<LinkOutcome> => {
    const at = change.decidedAt ?? change.at
    const opens = planned.opens.map(account => ({ account }))
    const closes = review && { closes: review.closes }
    const events = [...linkEvents(change, planned, at), ...(review?.events ?? [])]
    const settles = settledReviews(change, planned.moves, at)
    const input = { change, opens, endLogins: planned.endLogins, ...closes, settles, events }
    const result = await linkChanges.apply(input)
    if (result === 'stale') return { kind: 'refused', refusal: 'stale' }
    for (const id of planned.endLogins) {
      // Whoever was let in by what has moved, while that was planned and written, came after `at`.
      await accounts.changeAccess({ id, loginsNotBefore: clock(), events: [] })
      await logouts.release({ accountId: id }, clock())
    }
    return { kind: 'done', change }
  }

  const propose = async (change: LinkChange): Promise<LinkOutcome> => {
    const proposed = { ...change, state: 'proposed' as const }
    const { id, kind, by, reason, at } = change
    const data = { change: id, kind, by, reason }
    const events = accountsOf(change).map(accountId => ({ at, type: 'link.proposed', accountId, data }))
    await linkChanges.propose(proposed, events)
    return { kind: 'proposed', change: proposed }
  }

  const planned = async (request: LinkRequest, { by, reason }: Author, seen: string | undefined) => {
    const at = clock()
    const outcome = await plan(request, at)
    if ('refusal' in outcome) return { refused: { kind: 'refused' as const, refusal: outcome.refusal } }
    if (seen !== undefined && seen !== planMark(outcome.plan)) {
      return { refused: { kind: 'refused' as const, refusal: 'stale' as const } }
    }
    const { moves, undoes } = outcome.plan
    if (await isOwn(moves, by)) return { refused: { kind: 'refused' as const, refusal: 'own-account' as const } }
    const change: LinkChange = {
      id: newChangeId(),
      kind: request.kind,
      state: 'done',
      at,
      by,
      reason,
      moves,
      ...(undoes !== undefined && { undoes }),
    }
    return { change, plan: outcome.plan }
  }

  return {
    preview: async request => {
      const outcome = await plan(request, clock())
      return 'refusal' in outcome ? outcome : { ...outcome, mark: planMark(outcome.plan) }
    },

    request: async (request, author, seen) => {
      const made = await planned(request, author, seen)
      if ('refused' in made) return made.refused
      return takesTwo(request) ? propose(made.change) : carryOut(made.change, made.plan)
    },

    decide: async (request, author, review, seen) => {
      const made = await planned(request, author, seen)
      return 'refused' in made ? made.refused : carryOut(made.change, made.plan, review)
    },

    previewProposed: async change => {
      if (change.state !== 'proposed') return undefined
      const outcome = await planProposed(change)
      return 'plan' in outcome ? outcome.plan : undefined
    },

    approve: async (id, by) => {
      const proposed = await linkChanges.find(id)
      if (proposed === undefined) return { kind: 'refused', refusal: 'no-change' }
      if (proposed.state !== 'proposed') return { kind: 'refused', refusal: 'stale' }
      if (proposed.by === by) return { kind: 'refused', refusal: 'same-person' }
      if (await isOwn(proposed.moves, by)) return { kind: 'refused', refusal: 'own-account' }
      const outcome = await planProposed(proposed)
      if ('refusal' in outcome) return { kind: 'refused', refusal: outcome.refusal }
      return carryOut({ ...proposed, state: 'done', decidedBy: by, decidedAt: clock() }, outcome.plan)
    },

    withdraw: async (id, by) => {
      const at = clock()
      const proposed = await linkChanges.find(id)
      if (proposed === undefined) return false
      const data = { change: id, by }
      const events = accountsOf(proposed).map(accountId => ({ at, type: 'link.withdrawn', accountId, data }))
      return linkChanges.withdraw({ id, by, at, events })
    },
  }
}
