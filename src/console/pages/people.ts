import type { AccountView } from '#src/admin/operations/accounts.ts'
import type { Block } from '#src/console/blocks.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { withErrorAs } from '#src/console/fields.ts'
import type { Visit } from '#src/console/visit.ts'
import { day } from '#src/console/words.ts'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import { accountPath, accountState } from './account-tabs.ts'
import { findByName, nameForm } from './people-by-name.ts'
import { decisionFold } from './why-decided.ts'
import { recordFold } from './why-linked.ts'

/** By what somebody is looked for. */
const SEARCHES = [
  { value: 'customerNumber', label: 'Customer number' },
  { value: 'account', label: 'Account' },
  { value: 'upstreamSubject', label: 'itsme reference' },
] as const

const foundTable = (accounts: readonly AccountView[]): Block => ({
  kind: 'table',
  title: 'Found',
  empty: 'Nobody is linked to this. For a record without an owner, the form below may say why.',
  columns: [{ label: 'Account' }, { label: 'Name' }, { label: 'State' }, { label: 'Records' }, { label: 'Since' }],
  rows: accounts.map(account => [
    { text: account.id, href: accountPath(account.id), code: true },
    account.name ?? '–',
    accountState(account),
    account.records.map(({ serviceLine, customerId }) => `${serviceLine} ${customerId}`).join(', ') || 'none',
    day(account.createdAt),
  ]),
})

const searchForm = ({ form }: Visit) =>
  form('searchAccounts', {
    title: 'Find an account',
    action: '/people',
    submit: 'Find',
    intro: 'What you search for is not kept in the address, and the audit trail records that you searched.',
    fields: [
      {
        name: 'by',
        label: 'By',
        kind: 'select',
        options: SEARCHES,
      },
      { name: 'value', label: 'Number or reference' },
    ],
  })

const whyRecordForm = ({ form }: Visit) =>
  form('whyRecord', {
    title: 'Why was a record linked, or not?',
    action: '/people/record',
    submit: 'Explain',
    tone: 'secondary',
    fields: [
      {
        name: 'serviceLine',
        label: 'Service line',
        kind: 'select',
        options: SERVICE_LINES.map(value => ({ value, label: value })),
      },
      { name: 'customerId', label: 'Customer number' },
    ],
  })

/** Decisions about a record on a page. */
const MOST_DECISIONS = '25'

/** The way to older decisions: by a form, for an address holds no number of a record. */
const olderForm = ({ form, text }: Visit, cursor: string) =>
  form('whyRecord', {
    title: 'There are older decisions about this record',
    action: '/people/record',
    submit: 'Older decisions',
    tone: 'secondary',
    hidden: { serviceLine: text('serviceLine'), customerId: text('customerId'), cursor },
    fields: [],
  })

/** People: an account is found by a number or a name, and why a record has no owner is told. */
export const peoplePage: ConsolePage = {
  path: '/people',
  show: async visit => ({
    title: 'People',
    lead: 'Names and numbers are masked. Support can reveal them for a reason.',
    blocks: [...searchForm(visit), ...nameForm(visit), ...whyRecordForm(visit)],
  }),
  acts: {
    '': async visit => {
      const { act, text } = visit
      const by = SEARCHES.find(({ value }) => value === text('by'))?.value ?? 'customerNumber'
      const outcome = await act('searchAccounts', { body: { [by]: text('value') } })
      if ('problem' in outcome) return { problem: withErrorAs(outcome.problem, `body.${by}`, { field: 'body.value' }) }
      const { accounts } = outcome.told
      const blocks = [
        foundTable(accounts),
        ...searchForm(visit),
        ...(accounts.length === 0 ? whyRecordForm(visit) : []),
      ]
      return { page: { title: 'People', blocks } }
    },
    '/name': findByName,
    '/record': async visit => {
      const { act, text } = visit
      const cursor = text('cursor')
      const record = { serviceLine: text('serviceLine'), customerId: text('customerId') }
      const body = { ...record, limit: MOST_DECISIONS, ...(cursor && { cursor }) }
      const outcome = await act('whyRecord', { body })
      if ('problem' in outcome) return outcome
      const { owner, link, decisions, next } = outcome.told
      const notice: Block =
        owner === undefined
          ? { kind: 'notice', tone: 'plain', title: 'This record has no owner' }
          : {
              kind: 'notice',
              tone: 'good',
              title: 'It is linked to an account',
              link: { text: owner, href: accountPath(owner) },
            }
      const nothing: Block = {
        kind: 'notice',
        tone: 'plain',
        title: 'No decision was about it',
        text: [
          link === undefined
            ? 'Nobody who might be its customer has logged in.'
            : 'How it came to its account stands above.',
        ],
      }
      const isAlone = decisions.length === 1 && link === undefined
      return {
        page: {
          title: 'Why this record',
          crumbs: [{ text: 'People', href: '/people' }],
          blocks: [
            notice,
            ...(link === undefined ? [] : [recordFold(link, { place: 0, open: true, decisions })]),
            ...(decisions.length === 0 ? [nothing] : decisions.map(decision => decisionFold(decision, isAlone))),
            ...(next === undefined ? [] : olderForm(visit, next)),
          ],
        },
      }
    },
  },
}
