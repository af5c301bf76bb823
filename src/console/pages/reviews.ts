import { reasonProblem } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { clientCell } from '#src/console/client-cell.ts'
import { type ConsolePage, type Outcome, thenTo } from '#src/console/console-page.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
import { fieldWord, methodWord, outcomeWord, reasonWord } from '#src/console/matching-words.ts'
import type { Visit } from '#src/console/visit.ts'
import { moment } from '#src/console/words.ts'
import { accountCell, accountPath } from './account-tabs.ts'
import { effectBlocks, sidesTable } from './link-effect.ts'
import { MOVED } from './links.ts'
import { KEPT, type Mendable, mendableOf, mendForms, type Review, requestOf, reviewPath } from './review-acts.ts'
import { queuePage } from './review-queue.ts'
import { KINDS, OUTCOMES, recordText, outcomeWord as verdictWord } from './review-words.ts'
import { undecidedPage, undecidedPath } from './undecided.ts'
import { recordBlocks, wrongCell } from './why.ts'

/** The forms that end a review: as it is, or with the act that mends it. */
const endForms = (visit: Visit, review: Review, mendable: Mendable): readonly Block[] => {
  const closing = visit.form('decideReview', {
    title: 'Close it as it is',
    action: `/reviews/${review.id}`,
    submit: 'Close the review',
    tone: 'secondary',
    intro: 'Nothing is changed.',
    hidden: { version: String(review.version) },
    fields: [{ name: 'outcome', label: 'What you found', kind: 'select', options: OUTCOMES }, REASON_FIELD],
  })
  return [...closing, ...mendForms(visit, review, mendable)]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a review tells beside its record, in words; what has none by its name. */
const FACTS: Readonly<Record<string, { label: string; show?: (one: string) => string }>> = {
  method: { label: 'The link was', show: methodWord },
  origin: { label: 'It would be', show: methodWord },
  linkedBy: { label: 'Linked by the rules' },
  decidedBy: { label: 'Looked at by the rules' },
  ruleVersion: { label: 'Rules' },
  client: { label: 'At app' },
  fields: { label: 'What changed', show: fieldWord },
  margins: { label: 'Stands against it', show: reasonWord },
}

const factRow = ([name, value]: [string, unknown]) => {
  const { label = name, show = (one: string) => one } = FACTS[name] ?? {}
  const values = Array.isArray(value) ? value : [value]
  return { label, cells: [values.map(one => show(textOf(one))).join(', ')] }
}

const isTold = ([, value]: [string, unknown]): boolean =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)

const factsBlock = (review: Review): Block => {
  const { facts, closed, accountId } = review
  const found = closed && { text: verdictWord(closed.outcome), hint: `${moment(closed.at)} by ${closed.by}` }
  return {
    kind: 'facts',
    rows: [
      { label: 'Since', cells: [moment(review.raisedAt)] },
      { label: 'Account', cells: [accountCell(accountId)] },
      { label: 'Record', cells: [recordText(review)] },
      ...Object.entries(facts).filter(isTold).map(factRow),
      ...(found === undefined ? [] : [{ label: 'Decided', cells: [found] }]),
    ],
  }
}

/** The logins that were to have the record: each leads to its decision. */
const claimsTable = (claims: Review['claims']): Block => ({
  kind: 'table',
  title: 'Logins that were to have this record, the newest first',
  intro: 'Who has no account is known by the login alone: look at how it was decided.',
  empty: 'None is known any more, or it was asked for without a decision of matching.',
  columns: [
    { label: 'When' },
    { label: 'App' },
    { label: 'Came out as' },
    { label: 'It would be wrong' },
    { label: 'Account' },
  ],
  rows: claims.map(claim => {
    const { at, client, account, outcome, records, errorBudget } = claim
    const [record] = records
    return [
      { text: moment(at), href: account === undefined ? undecidedPath(claim) : `${accountPath(account)}/why` },
      client === undefined ? '' : clientCell(client),
      { text: outcomeWord(outcome), tag: 'plain', hint: record === undefined ? '' : reasonWord(record.because) },
      record === undefined ? '–' : wrongCell(record, errorBudget),
      accountCell(account),
    ]
  }),
})

const headOf = (review: Review) => ({
  title: KINDS[review.kind],
  crumbs: [{ text: 'Reviews', href: '/reviews' }],
})

/** The effect of an act, before anything is done; the form asks for it as it was seen. */
const previewPage = async (visit: Visit, review: Review, lead: string): Promise<Outcome> => {
  const { act, form, params, text } = visit
  const outcome = await act('previewDecision', { params, body: requestOf(visit, review) })
  if ('problem' in outcome) return outcome
  const path = reviewPath(params)
  return {
    page: {
      ...headOf(review),
      lead,
      blocks: [
        ...effectBlocks(outcome.told),
        ...form('decideReview', {
          title: 'Do it, and close the review',
          action: `${path}/do`,
          cancel: path,
          tone: 'danger',
          submit: 'Do it and close',
          fields: [],
          intro: `Why: ${text('reason')}. It can be undone.`,
          hidden: { ...Object.fromEntries(KEPT.map(name => [name, text(name)])), seen: outcome.told.mark },
        }),
      ],
    },
  }
}

const onePage: ConsolePage = {
  path: '/reviews/:reviewId',
  show: async visit => {
    const { ask, params, may } = visit
    const review = await ask('showReview', { params })
    const { evidence, closed, errorBudget } = review
    const isEnding = closed === undefined && may('decideReview')
    return {
      ...headOf(review),
      blocks: [
        factsBlock(review),
        sidesTable(review.accounts, 'Who has it, and who claims it'),
        ...(review.kind === 'owner-conflict' ? [claimsTable(review.claims)] : []),
        ...(evidence === undefined ? [] : recordBlocks(evidence, errorBudget)),
        ...(isEnding ? endForms(visit, review, await mendableOf(visit, review)) : []),
      ],
    }
  },
  acts: {
    '': async ({ act, params, text }) => {
      const body = { outcome: text('outcome'), reason: text('reason') }
      const given = { params, body, version: Number(text('version')), key: text('once') }
      return thenTo(await act('decideReview', given), `${reviewPath(params)}?done=decided`)
    },

    '/preview': async visit => {
      const problem = reasonProblem(visit)
      if (problem !== undefined) return { problem }
      return previewPage(visit, await visit.ask('showReview', { params: visit.params }), 'Nothing is done yet.')
    },

    '/do': async visit => {
      const { act, ask, params, text } = visit
      const review = await ask('showReview', { params })
      const body = { outcome: 'changed', reason: text('reason'), request: requestOf(visit, review), seen: text('seen') }
      const given = { params, body, version: Number(text('version')), key: text('once') }
      const outcome = await act('decideReview', given)
      // 412 is a review that was decided on; with this one it is open, and what the act is about has moved.
      const isMoved = 'problem' in outcome && outcome.problem.code === 'stale' && outcome.problem.status === 409
      return isMoved ? previewPage(visit, review, MOVED) : thenTo(outcome, `${reviewPath(params)}?done=mended`)
    },
  },
}

/** The queue of what people are to look at, and each of it. */
export const reviewPages: readonly ConsolePage[] = [queuePage, undecidedPage, onePage]
