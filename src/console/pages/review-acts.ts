import type { Block } from '#src/console/blocks.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
import type { Form } from '#src/console/form.ts'
import type { ChangeView, Told } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { moment } from '#src/console/words.ts'
import { accountPath } from './account-tabs.ts'
import { KINDS, ROLE_FIELD, recordsOf, roleOf, splitFields } from './links.ts'

/** A review as the API tells it. */
export type Review = Told['showReview']

/** What of the account of a review an act could be about: its logins, and the acts that nobody has undone. */
export type Mendable = {
  readonly identities: readonly { readonly reference: string; readonly issuer: string }[]
  readonly changes: readonly ChangeView[]
}

/** What a form carries from the preview to the act. */
export const KEPT = ['kind', 'into', 'role', 'identity', 'records', 'change', 'reason', 'version'] as const

/** Where a review is. */
export const reviewPath = ({ reviewId = '' }: Visit['params']): string => `/reviews/${encodeURIComponent(reviewId)}`

/** Looks at the account of a review. */
export const mendableOf = async ({ ask }: Visit, { accountId }: Review): Promise<Mendable> => {
  const params = { accountId }
  const [{ identities }, { changes }] = await Promise.all([
    ask('showAccount', { params }),
    ask('listLinkChanges', { params, query: { limit: '20' } }),
  ])
  return { identities, changes: changes.filter(({ state, undoneBy }) => state === 'done' && undoneBy === undefined) }
}

/** What a form asks for, as the API takes it; the record is that of the review. */
export const requestOf = (visit: Visit, { accountId }: Review) => {
  const { text } = visit
  switch (text('kind')) {
    case 'unlink':
      return { kind: 'unlink' }
    case 'link':
      return { kind: 'link', account: text('into'), ...roleOf(visit) }
    case 'split':
      return { kind: 'split', account: accountId, identities: [text('identity')], records: recordsOf(text('records')) }
    default:
      return { kind: 'undo', change: text('change') }
  }
}

/** The acts that may mend what a review is about; each shows first what it would do. */
export const mendForms = ({ form }: Visit, review: Review, { identities, changes }: Mendable): readonly Block[] => {
  const of = (kind: string, title: string, intro: string, fields: Form['fields']) =>
    form('decideReview', {
      title,
      intro,
      action: `${reviewPath({ reviewId: review.id })}/preview`,
      tone: 'secondary',
      submit: 'Show what would happen',
      hidden: { kind, version: String(review.version) },
      fields: [...fields, REASON_FIELD],
    })
  const merge = { text: 'Merge it with another account', href: `${accountPath(review.accountId)}/links` }
  return [
    ...(review.record === undefined
      ? []
      : [
          ...of('unlink', 'Unlink the record', 'Whoever has it loses it, and is logged out everywhere.', []),
          ...of('link', 'Give the record to an account', 'Where nobody has it: unlink it first where somebody has.', [
            { name: 'into', label: 'Account' },
            ROLE_FIELD,
          ]),
        ]),
    ...(identities.length < 2
      ? []
      : of(
          'split',
          'Split off a login',
          'Two people in one account: a way to log in leaves, with its records.',
          splitFields(identities),
        )),
    ...(changes.length === 0
      ? []
      : of('undo', 'Undo an earlier act', 'Everything goes back to where it was, unless it moved since.', [
          {
            name: 'change',
            label: 'Which act',
            kind: 'select',
            options: changes.map(({ id, at, kind, reason }) => ({
              value: id,
              label: `${moment(at)}: ${KINDS[kind] ?? kind} (${reason})`,
            })),
          },
        ])),
    {
      kind: 'text',
      title: 'One person, two accounts',
      paragraphs: [
        'A merge takes two people: propose it there, then close this review as changed once it is approved.',
      ],
    },
    { kind: 'links', links: [merge] },
  ]
}
