import type { DecidingRequest } from '#src/accounts/link-changes.ts'
import { createReviewOperations, versionOf } from '#src/admin/operations/reviews.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { waterfall } from '#src/cli/waterfall.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import { REVIEW_OUTCOMES, type Review } from '#src/store/ports/reviews.ts'
import type { Store } from '#src/store/ports/store.ts'
import { changesOf } from './links.ts'

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
  return `${id} ${new Date(raisedAt).toISOString()} ${kind} ${accountId} ${record} ${stateOf(review)}\n`
}

/** `reviews list`: a review a line, the oldest first: id, since when, kind, account, record, state. */
export const listReviews = (terminal: Terminal, { dataDir, all }: { dataDir: string; all?: true }): Promise<void> =>
  withStore({ terminal, dataDir }, async store => {
    for await (const review of allReviews(store, all === true)) terminal.stdout.write(line(review))
  })

/** What a review says, as words; the explanation as a waterfall. Names of fields and levels, never a value. */
const told = (review: Review): string => {
  const data = (review.data ?? {}) as { [name: string]: unknown; explanation?: MatchExplanation | null }
  const { explanation, ...rest } = data
  const rows = Object.entries(rest).map(([name, value]) => `${name}: ${[value].flat().join(', ') || '-'}\n`)
  const { closed } = review
  return [
    line(review),
    ...rows,
    ...(closed === undefined ? [] : [`closed: ${new Date(closed.at).toISOString()} by ${closed.by}\n`]),
    ...(explanation ? [`\n${waterfall(explanation)}`] : []),
  ].join('')
}

/** `reviews show`: what a review is about and why it was raised. Exit code 2 when there is no such review. */
export const showReview = (terminal: Terminal, { id, dataDir }: { id: string; dataDir: string }): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ reviews }) => {
    const review = await reviews.find(id)
    if (review === undefined) return refuse(terminal, 'there is no such review')
    terminal.stdout.write(told(review))
  })

/** What is told `reviews close`. */
export type CloseReviewOptions = {
  readonly dataDir: string
  readonly by: string
  readonly reason: string
  readonly outcome: string
  readonly unlink?: true
  readonly undo?: string
}

/** The act on links that decides a review, where one was asked for. */
const actOf = ({ customer }: Review, { unlink, undo }: CloseReviewOptions): DecidingRequest | undefined => {
  if (undo !== undefined) return { kind: 'undo', change: undo }
  if (unlink === undefined) return undefined
  if (customer === undefined)
    throw new PiasError('request.invalid', 'this review is about no record: --unlink takes none')
  return { kind: 'unlink', record: customer }
}

/**
 * `reviews close`: says what people found; with `--unlink` or `--undo` the link is ended, or an act taken back, in the same
 * transaction. Exit code 2 when no such review is open, the outcome is none, or the act is refused.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const closeReview = (terminal: Terminal, id: string, options: CloseReviewOptions): Promise<void> =>
  withStore({ terminal, dataDir: options.dataDir }, async store => {
    const { by, reason } = options
    const outcome = REVIEW_OUTCOMES.find(word => word === options.outcome)
    if (outcome === undefined) return refuse(terminal, `the outcome is one of ${REVIEW_OUTCOMES.join(', ')}`)
    const review = await store.reviews.find(id)
    if (review === undefined || review.closed !== undefined) return refuse(terminal, 'no such review is open')
    const changes = changesOf(terminal, store)
    const { decide } = createReviewOperations({ ...store, changes, clock: terminal.clock })
    const request = actOf(review, options)
    const verdict = { id, version: versionOf(review), by, reason, outcome, ...(request && { request }) }
    const decided = await decide(verdict)
    if (decided.kind !== 'closed') {
      return refuse(terminal, `refused: ${decided.kind === 'refused' ? decided.refusal : decided.kind}`)
    }
    const undone = decided.change === undefined ? '' : `; pias links undo ${decided.change} undoes the act`
    terminal.stdout.write(`closed${undone}\n`)
  })
