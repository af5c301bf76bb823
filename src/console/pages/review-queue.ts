import { type ConsolePage, withQuery } from '#src/console/console-page.ts'
import { moment } from '#src/console/words.ts'
import { accountCell } from './account-tabs.ts'
import { KINDS, outcomeWord, recordText } from './review-words.ts'
import { undecidedTable } from './undecided.ts'

/** Logins that are shown beside reviews. */
const MOST_UNDECIDED = '20'

/** The queue of what people are to look at, and logins that were not decided. */
export const queuePage: ConsolePage = {
  path: '/reviews',
  show: async ({ ask, text }) => {
    const [cursor, all] = [text('cursor', 'query'), text('all', 'query')]
    const query = { ...(cursor && { cursor }), ...(all && { all }) }
    const later = text('undecided', 'query')
    const [{ reviews, next }, undecided] = await Promise.all([
      ask('listReviews', { query }),
      ask('listUndecided', { query: { limit: MOST_UNDECIDED, ...(later && { cursor: later }) } }),
    ])
    const other = all
      ? { text: 'Open ones alone', href: withQuery('/reviews', { undecided: later }) }
      : { text: 'Closed ones, too', href: withQuery('/reviews', { all: 'true', undecided: later }) }
    const older = withQuery('/reviews', { cursor, all, undecided: undecided.next })
    return {
      title: 'Reviews',
      lead: 'Links that somebody must look at, and logins that matching would not decide about. Nothing is changed until somebody looks.',
      blocks: [
        {
          kind: 'table',
          title: 'Links to look at, the oldest first',
          empty: 'Nothing to look at. Well done.',
          columns: [
            { label: 'Since' },
            { label: 'Matter' },
            { label: 'Record' },
            { label: 'Account' },
            { label: 'State' },
          ],
          rows: reviews.map(review => [
            { text: moment(review.raisedAt), href: `/reviews/${review.id}` },
            KINDS[review.kind],
            recordText(review),
            accountCell(review.accountId),
            review.closed === undefined
              ? { text: 'open', tag: 'warning' }
              : { text: outcomeWord(review.closed.outcome), tag: 'plain', hint: moment(review.closed.at) },
          ]),
          ...(next !== undefined && {
            more: { text: 'More', href: withQuery('/reviews', { cursor: next, all, undecided: later }) },
          }),
        },
        { kind: 'links', links: [other] },
        undecidedTable(undecided, older),
      ],
    }
  },
}
