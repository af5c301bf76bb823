import type { DecidingRequest } from '#src/accounts/link-changes.ts'
import { createDecisionOperations } from '#src/admin/operations/decisions.ts'
import { createReviewOperations, factsOf, type ReviewDecided, versionOf } from '#src/admin/operations/reviews.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { streamFromStore, withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome, refusedAs, type Shown, unusable } from '#src/cli/outcome.ts'
import { readLimit } from '#src/cli/read-limit.ts'
import { type Terminal, tell, timeOf } from '#src/cli/terminal.ts'
import { toldDecision } from '#src/cli/told-decision.ts'
import { waterfall } from '#src/cli/waterfall.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import { REVIEW_OUTCOMES, type Review } from '#src/store/ports/reviews.ts'
import type { Store } from '#src/store/ports/store.ts'
import { changesOf, toldPlan } from './links.ts'

const PAGE = 200

async function* allReviews({ reviews }: Store, all: boolean): AsyncGenerator<Review> {
  let after: Review | undefined
  do {
    const page = await reviews.list({ all, limit: PAGE, ...(after && { after }) })
    yield* page
    after = page.at(-1)
  } while (after !== undefined)
}

const stateOf = ({ closed }: Review): string => (closed === undefined ? 'open' : closed.outcome)

const line = (review: Review): string => {
  const { id, kind, accountId, customer, raisedAt } = review
  const record = customer === undefined ? '-' : customerKeyOf(customer)
  return `${id} ${timeOf(raisedAt)} ${kind} ${accountId} ${record} ${stateOf(review)}\n`
}

/** As the admin API shows it. */
const viewOf = ({ id, kind, accountId, raisedAt, customer: record, closed }: Review) => ({
  id,
  kind,
  accountId,
  raisedAt,
  ...(record && { record }),
  ...(closed && { closed }),
})

/** `reviews list`: a review a line, the oldest first: id, since when, kind, account, record, state. */
export const listReviews = (terminal: Terminal, { dataDir, all }: { dataDir: string; all?: true }): Outcome => {
  async function* read(store: Store): AsyncGenerator<Shown> {
    for await (const review of allReviews(store, all === true)) yield { value: viewOf(review), text: line(review) }
  }
  return { lines: streamFromStore({ terminal, dataDir }, read) }
}

/** What a review says, as words; the explanation as a waterfall. Names of fields and levels, never a value. */
const told = (review: Review): string => {
  const data = (review.data ?? {}) as { [name: string]: unknown; explanation?: MatchExplanation | null }
  const { explanation, ...rest } = data
  const rows = Object.entries(rest).map(([name, value]) => `${name}: ${[value].flat().join(', ') || '-'}\n`)
  const { closed } = review
  return [
    line(review),
    ...rows,
    ...(closed === undefined ? [] : [`closed: ${timeOf(closed.at)} by ${closed.by}\n`]),
    ...(explanation ? [`\n${waterfall(explanation)}`] : []),
  ].join('')
}

/** `reviews show`: what a review is about and why it was raised. Refused where there is no such review. */
export const showReview = (terminal: Terminal, { id, dataDir }: { id: string; dataDir: string }): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async ({ reviews }) => {
    const review = await reviews.find(id)
    if (review === undefined) return notFound('there is no such review')
    const { record: evidence, ...facts } = factsOf(review)
    return { value: { ...viewOf(review), ...facts, ...(evidence && { evidence }) }, text: told(review) }
  })

/** Logins that are read at a time. */
const UNDECIDED_PAGE = 100

/**
 * `reviews undecided`: logins for which matching found records and decided on none, the newest first: each record field by
 * field, what was accepted at most, and the rules. Records are named by references. @throws PiasError `request.invalid`
 */
export const listUndecided = (terminal: Terminal, options: { dataDir: string; limit: string }): Outcome => {
  const limit = readLimit(options.limit)
  async function* read(store: Store): AsyncGenerator<Shown> {
    const { undecided } = createDecisionOperations(store)
    let left = limit
    let page: Awaited<ReturnType<typeof undecided>> | undefined
    do {
      const before = page?.last && { before: page.last }
      page = await undecided({ limit: Math.min(left, UNDECIDED_PAGE), ...before })
      for (const value of page.decisions) yield { value, text: toldDecision(value) }
      left -= page.decisions.length
    } while (left > 0 && page.last !== undefined)
  }
  return { lines: streamFromStore({ terminal, dataDir: options.dataDir }, read) }
}

/** What is told `reviews close`. */
export type CloseReviewOptions = {
  readonly dataDir: string
  readonly reason: string
  readonly outcome: string
  readonly unlink?: true
  readonly undo?: string
  readonly yes?: true
}

/** The act on links that decides a review, where one was asked for. */
const actOf = ({ customer }: Review, { unlink, undo }: CloseReviewOptions): DecidingRequest | undefined => {
  if (undo !== undefined) return { kind: 'undo', change: undo }
  if (unlink === undefined) return undefined
  if (customer === undefined)
    throw new PiasError('request.invalid', 'this review is about no record: --unlink takes none')
  return { kind: 'unlink', record: customer }
}

const toldDecided = (decided: ReviewDecided): Outcome => {
  if (decided.kind !== 'closed') return refusedAs(decided.kind === 'refused' ? decided.refusal : decided.kind)
  const { review, change } = decided
  const undone = change === undefined ? '' : `; pias links undo ${change} undoes the act`
  return { value: { ...viewOf(review), ...(change !== undefined && { change }) }, text: `closed${undone}\n` }
}

/**
 * `reviews close`: says what people found; with `--unlink` or `--undo` the link is ended, or an act taken back, in the same
 * transaction, once somebody confirms it. Refused where no such review is open, the outcome is none, or the act is refused.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const closeReview = (terminal: Terminal, id: string, options: CloseReviewOptions): Promise<Outcome> =>
  withStore({ terminal, dataDir: options.dataDir }, async store => {
    const { reason, yes } = options
    const outcome = REVIEW_OUTCOMES.find(word => word === options.outcome)
    if (outcome === undefined) return unusable(`the outcome is one of ${REVIEW_OUTCOMES.join(', ')}`)
    const review = await store.reviews.find(id)
    if (review === undefined || review.closed !== undefined) return notFound('no such review is open')
    const operations = createReviewOperations({ ...store, changes: changesOf(terminal, store), clock: terminal.clock })
    const request = actOf(review, options)
    const verdict = {
      id,
      version: versionOf(review),
      by: terminal.operator,
      reason,
      outcome,
      ...(request && { request }),
    }
    if (request === undefined || yes) return toldDecided(await operations.decide(verdict))
    const planned = await operations.plan(review, request)
    if (planned.kind !== 'planned') return toldDecided(planned)
    tell(terminal, toldPlan(planned.plan))
    const stop = await unconfirmed(terminal, {
      yes,
      what: `closes the review with the act "${request.kind}"`,
      name: id,
    })
    return stop ?? toldDecided(await operations.decide({ ...verdict, seen: planned.mark }))
  })
