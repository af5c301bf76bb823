import { withStore } from '#src/cli/offline.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { waterfall } from '#src/cli/waterfall.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import { REVIEW_OUTCOMES, type Review, type ReviewOutcome } from '#src/store/ports/reviews.ts'
import type { Store } from '#src/store/ports/store.ts'

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

const noReview = (terminal: Terminal, words: string): void => {
  terminal.stderr.write(`pias: ${words}\n`)
  terminal.setExitCode(2)
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
    ...(closed === undefined ? [] : [`closed: ${new Date(closed.at).toISOString()} by ${closed.by}\n`]),
    ...(explanation ? [`\n${waterfall(explanation)}`] : []),
  ].join('')
}

/** `reviews show`: what a review is about and why it was raised. Exit code 2 when there is no such review. */
export const showReview = (terminal: Terminal, { id, dataDir }: { id: string; dataDir: string }): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ reviews }) => {
    const review = await reviews.find(id)
    if (review === undefined) return noReview(terminal, 'there is no such review')
    terminal.stdout.write(told(review))
  })

/**
 * `reviews close`: says what people found; the link itself is changed by other means. Exit code 2 when no such review is
 * open, or the outcome is none.
 */
export const closeReview = (
  terminal: Terminal,
  { id, dataDir, by, outcome }: { id: string; dataDir: string; by: string; outcome: string },
): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ reviews }) => {
    const known = REVIEW_OUTCOMES.find(word => word === outcome) as ReviewOutcome | undefined
    if (known === undefined) return noReview(terminal, `the outcome is one of ${REVIEW_OUTCOMES.join(', ')}`)
    const at = terminal.clock()
    const review = await reviews.find(id)
    const about = review && { accountId: review.accountId, data: { id, kind: review.kind, by, outcome: known } }
    const events = about === undefined ? [] : [{ at, type: 'review.closed', ...about }]
    if (!(await reviews.close({ id, at, by, outcome: known, events }))) {
      return noReview(terminal, 'no such review is open')
    }
    terminal.stdout.write('closed\n')
  })
