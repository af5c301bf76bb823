import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo, withQuery } from '#src/console/console-page.ts'
import { reasonField } from '#src/console/fields.ts'
import type { ReviewLine } from '#src/console/told.ts'
import { moment } from '#src/console/words.ts'
import { accountPath } from './account-tabs.ts'
import { recordBlocks } from './why.ts'

const KINDS: Readonly<Record<ReviewLine['kind'], string>> = {
  'record-changed': 'A linked record changed: it would not be linked today',
  'record-withdrawn': 'A linked record was withdrawn',
  'owner-conflict': 'Somebody else should have a record that has an owner',
  rebind: 'An account should get another login',
}

const OUTCOMES = [
  { value: 'kept', label: 'The link is right as it is' },
  { value: 'changed', label: 'It was changed, by an act on links' },
  { value: 'undecided', label: 'Nobody can tell' },
] as const

const recordText = ({ record }: ReviewLine): string =>
  record === undefined ? '–' : `${record.serviceLine} ${record.customerId}`

const queue: ConsolePage = {
  path: '/reviews',
  show: async ({ ask, text }) => {
    const [cursor, all] = [text('cursor', 'query'), text('all', 'query')]
    const query = { ...(cursor && { cursor }), ...(all && { all }) }
    const { reviews, next } = await ask('listReviews', { query })
    const other = all
      ? { text: 'Open ones alone', href: '/reviews' }
      : { text: 'Closed ones, too', href: '/reviews?all=true' }
    return {
      title: 'Reviews',
      lead: 'Links that matching would not decide about. Nothing is changed until somebody looks.',
      blocks: [
        {
          ...{ kind: 'table', title: 'The oldest first', empty: 'Nothing to look at. Well done.' },
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
            { text: review.accountId, href: accountPath(review.accountId), code: true },
            review.closed === undefined
              ? { text: 'open', tag: 'warning' }
              : { text: review.closed.outcome, tag: 'plain', hint: moment(review.closed.at) },
          ]),
          ...(next !== undefined && { more: { text: 'More', href: withQuery('/reviews', { cursor: next, all }) } }),
        },
        { kind: 'links', links: [other] },
      ],
    }
  },
}

const onePage: ConsolePage = {
  path: '/reviews/:reviewId',
  show: async ({ ask, form, params, text, problem }) => {
    const review = await ask('showReview', { params })
    const { facts, evidence, closed, accountId } = review
    const evidenceBlocks: readonly Block[] = evidence === undefined ? [] : recordBlocks(evidence)
    return {
      title: KINDS[review.kind],
      crumbs: [{ text: 'Reviews', href: '/reviews' }],
      blocks: [
        {
          kind: 'facts',
          rows: [
            { label: 'Since', cells: [moment(review.raisedAt)] },
            { label: 'Account', cells: [{ text: accountId, href: `${accountPath(accountId)}/links`, code: true }] },
            { label: 'Record', cells: [recordText(review)] },
            ...Object.entries(facts).map(([label, value]) => ({
              ...{ label, cells: [typeof value === 'string' ? value : JSON.stringify(value)] },
            })),
            ...(closed === undefined
              ? []
              : [
                  { label: 'Decided', cells: [{ text: closed.outcome, hint: `${moment(closed.at)} by ${closed.by}` }] },
                ]),
          ],
        },
        ...evidenceBlocks,
        ...(closed !== undefined
          ? []
          : form('decideReview', {
              ...{ title: 'Decide', action: `/reviews/${review.id}`, submit: 'Close the review' },
              intro: 'To change the link, open the account, mend it there, and then say here that it was changed.',
              hidden: { version: String(review.version) },
              fields: [
                {
                  ...{ name: 'outcome', label: 'What you found', kind: 'select', value: text('outcome') },
                  options: OUTCOMES,
                },
                reasonField(text('reason'), problem),
              ],
            })),
      ],
    }
  },
  acts: {
    '': async ({ act, params, text }) => {
      const body = { outcome: text('outcome'), reason: text('reason') }
      const given = { params, body, version: Number(text('version')), key: text('once') }
      return thenTo(await act('decideReview', given), `/reviews/${params.reviewId}?done=decided`)
    },
  },
}

/** The queue of what people are to look at. */
export const reviewPages: readonly ConsolePage[] = [queue, onePage]
