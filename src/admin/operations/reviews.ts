import type { DecidingRequest, LinkChanges, LinkOutcome } from '#src/accounts/link-changes.ts'
import type { LinkPlan } from '#src/accounts/link-plan.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { DecisionRecord } from '#src/linking/decision-record.ts'
import { accountsOf, type LinkMove } from '#src/store/ports/link-changes.ts'
import type { Review, ReviewOutcome, ReviewsPort } from '#src/store/ports/reviews.ts'
import { type RecordView, viewRecord } from './record-view.ts'

/** What somebody found about a link, over the state of the review that was looked at. */
export type ReviewVerdict = {
  readonly id: string
  /** {@link versionOf} the review that was looked at. */
  readonly version: number
  readonly by: string
  /** For the audit trail; no personal data. */
  readonly reason: string
  readonly outcome: ReviewOutcome
  /** What is done about it, in one transaction with closing the review. */
  readonly request?: DecidingRequest
  /** The mark of the preview of the act: refused as `stale` when it would do something else by now. */
  readonly seen?: string
}

/**
 * `refused` by links: nothing was changed and the review is open. `other-matter`: what was asked for touches neither the
 * record nor the account of the review. `pointless`: an act goes with the outcome `changed`, and with that alone.
 */
export type ReviewDecided =
  | { readonly kind: 'closed'; readonly review: Review; readonly change?: string }
  | { readonly kind: 'unknown' | 'stale' | 'closed-already' | 'other-matter' | 'pointless' }
  | Extract<LinkOutcome, { kind: 'refused' }>

/** What an act would do about a review; nothing is done. */
export type ReviewPlanned =
  | { readonly kind: 'planned'; readonly plan: LinkPlan; readonly mark: string }
  | { readonly kind: 'other-matter' }
  | Extract<LinkOutcome, { kind: 'refused' }>

/** The state of a review, as a number: it grows with every opening and closing. */
export const versionOf = ({ raisedAt, closed }: Review): number => closed?.at ?? raisedAt

/** What a review holds beside words: the evidence as matching saw it when it was raised, and what was accepted at most. */
export type ReviewFacts = {
  readonly facts: { readonly [name: string]: Json }
  readonly record?: RecordView
  readonly errorBudget?: number
}

const partsOf = (data: Json): { [name: string]: Json } => {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data)
  return (isObject ? data : { data }) as { [name: string]: Json }
}

/** Levels, weights and names of fields; no value of a record, the number masked. */
export const factsOf = ({ data, customer }: Review): ReviewFacts => {
  const { explanation, errorBudget, person: _person, claimant: _claimant, ...facts } = partsOf(data)
  const accepted = typeof errorBudget === 'number' && { errorBudget }
  if (explanation === null || explanation === undefined) return { facts, ...accepted }
  const compared = explanation as unknown as DecisionRecord['records'][number]
  // Where it is kept by a reference, it is the record of the review all the same.
  return { facts, record: viewRecord({ ...compared, ...customer }), ...accepted }
}

/** Who claims the record of a review that somebody else has: the person as the audit trail names them, their account. */
export const claimOf = ({ data }: Review): { readonly person?: string; readonly claimant?: AccountId } => {
  const { person, claimant } = partsOf(data)
  return {
    ...(typeof person === 'string' && { person }),
    ...(typeof claimant === 'string' && { claimant: claimant as AccountId }),
  }
}

const touches = (moves: readonly LinkMove[], { accountId, customer }: Review): boolean =>
  customer === undefined
    ? accountsOf({ moves }).includes(accountId)
    : moves.some(move => move.thing === 'record' && customerKeyOf(move.record) === customerKeyOf(customer))

/** Reviews of links: found, and decided on. A decision that changes links is an act on links like any other (ADR 0071). */
export const createReviewOperations = (deps: {
  reviews: Pick<ReviewsPort, 'find' | 'close'>
  changes: Pick<LinkChanges, 'preview' | 'decide'>
  clock: Clock
}) => {
  const { reviews, changes, clock } = deps

  const close = async (review: Review, verdict: ReviewVerdict): Promise<ReviewDecided> => {
    const { id, accountId, kind, raisedAt } = review
    const { by, reason, outcome, request, seen } = verdict
    const at = clock()
    const closes = { id, raisedAt, at, by, outcome }
    const events = [{ at, type: 'review.closed', accountId, data: { id, kind, by, outcome, reason } }]
    const closed: Review = { ...review, closed: { at, by, outcome } }
    if (request === undefined) {
      return (await reviews.close({ ...closes, events })) ? { kind: 'closed', review: closed } : { kind: 'stale' }
    }
    const done = await changes.decide(request, { by, reason }, { closes, events }, seen)
    return done.kind === 'refused' ? done : { kind: 'closed', review: closed, change: done.change.id }
  }

  /** What an act would do about a review. */
  const plan = async (review: Review, request: DecidingRequest): Promise<ReviewPlanned> => {
    const preview = await changes.preview(request)
    if ('refusal' in preview) return { kind: 'refused', refusal: preview.refusal }
    return touches(preview.plan.moves, review) ? { kind: 'planned', ...preview } : { kind: 'other-matter' }
  }

  return {
    find: reviews.find,
    plan,

    /** Closes a review, with an act on links where one is asked for: both or neither. */
    decide: async (verdict: ReviewVerdict): Promise<ReviewDecided> => {
      const { id, version, outcome, request } = verdict
      const review = await reviews.find(id)
      if (review === undefined) return { kind: 'unknown' }
      if (versionOf(review) !== version) return { kind: 'stale' }
      if (review.closed !== undefined) return { kind: 'closed-already' }
      if (request === undefined) return close(review, verdict)
      if (outcome !== 'changed') return { kind: 'pointless' }
      const planned = await plan(review, request)
      return planned.kind === 'planned' ? close(review, verdict) : planned
    },
  }
}

/** The operations about reviews. */
export type ReviewOperations = ReturnType<typeof createReviewOperations>
