import type { AccountView } from '#src/admin/operations/accounts.ts'
import { type Act, askFirst } from '#src/console/ask-first.ts'
import type { Block, Cell } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo, withQuery } from '#src/console/console-page.ts'
import { EVENT_COLUMNS, eventRow } from '#src/console/events.ts'
import { reasonField } from '#src/console/fields.ts'
import { methodWord } from '#src/console/matching-words.ts'
import type { Visit } from '#src/console/visit.ts'
import { count, day, moment } from '#src/console/words.ts'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import { accountHead, accountPath } from './account-tabs.ts'
import { findByName, nameForm } from './people-by-name.ts'
import { decisionBlocks } from './why.ts'

/** By what somebody is looked for. */
const SEARCHES = [
  { value: 'customerNumber', label: 'Customer number' },
  { value: 'account', label: 'Account' },
  { value: 'upstreamSubject', label: 'itsme reference' },
] as const

const stateOf = ({ blocked, mergedInto }: AccountView): Cell => {
  if (mergedInto !== undefined) return { text: 'part of another', tag: 'plain' }
  return blocked ? { text: 'blocked', tag: 'bad' } : { text: 'active', tag: 'good' }
}

const foundTable = (accounts: readonly AccountView[]): Block => ({
  ...{
    kind: 'table',
    title: 'Found',
    empty: 'Nobody is linked to this. A record that nobody has may say why not, below.',
  },
  columns: [{ label: 'Account' }, { label: 'Name' }, { label: 'State' }, { label: 'Records' }, { label: 'Since' }],
  rows: accounts.map(account => [
    { text: account.id, href: accountPath(account.id), code: true },
    account.name ?? '–',
    stateOf(account),
    account.records.map(({ serviceLine, customerId }) => `${serviceLine} ${customerId}`).join(', ') || 'none',
    day(account.createdAt),
  ]),
})

const searchForm = ({ form, text }: Visit) =>
  form('searchAccounts', {
    ...{ title: 'Find an account', action: '/people', submit: 'Find' },
    intro: 'What you look for is not kept in the address, and the audit trail knows that you looked.',
    fields: [
      {
        ...{ name: 'by', label: 'By', kind: 'select', value: text('by') || 'customerNumber' },
        options: SEARCHES,
      },
      { name: 'value', label: 'Number or reference', value: text('value') },
    ],
  })

const whyRecordForm = ({ form, text }: Visit) =>
  form('whyRecord', {
    ...{ title: 'Why was a record linked, or not?', action: '/people/record', submit: 'Explain', tone: 'secondary' },
    fields: [
      {
        ...{ name: 'serviceLine', label: 'Service line', kind: 'select', value: text('serviceLine') },
        options: SERVICE_LINES.map(value => ({ value, label: value })),
      },
      { name: 'customerId', label: 'Customer number', value: text('customerId') },
    ],
  })

const searchPage: ConsolePage = {
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
      if ('problem' in outcome) return outcome
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
      const body = { serviceLine: text('serviceLine'), customerId: text('customerId') }
      const outcome = await act('whyRecord', { body })
      if ('problem' in outcome) return outcome
      const { owner, decisions } = outcome.told
      const notice: Block =
        owner === undefined
          ? { kind: 'notice', tone: 'plain', title: 'Nobody has this record' }
          : {
              ...{ kind: 'notice', tone: 'good', title: 'It is linked to an account' },
              link: { text: owner, href: accountPath(owner) },
            }
      const nothing: Block = {
        ...{ kind: 'notice', tone: 'plain', title: 'No decision was about it' },
        text: ['Nobody who might be its customer has logged in, or it was linked by a proof, an import or an admin.'],
      }
      return {
        page: {
          ...{ title: 'Why this record', crumbs: [{ text: 'People', href: '/people' }] },
          blocks: [notice, ...(decisions.length === 0 ? [nothing] : decisions.flatMap(decisionBlocks))],
        },
      }
    },
  },
}

const accountBlocks = (account: AccountView): readonly Block[] => [
  {
    kind: 'facts',
    rows: [
      { label: 'Account', cells: [{ text: account.id, code: true }] },
      { label: 'Name', cells: [account.name ?? 'unknown until the next login'] },
      { label: 'State', cells: [stateOf(account)] },
      ...(account.mergedInto === undefined
        ? []
        : [
            {
              label: 'Part of',
              cells: [{ text: account.mergedInto, href: accountPath(account.mergedInto), code: true }],
            },
          ]),
      ...(account.absorbed.length === 0
        ? []
        : [
            {
              label: 'Its parts',
              cells: account.absorbed.map(id => ({ text: id, href: accountPath(id), code: true })),
            },
          ]),
      { label: 'Opened', cells: [moment(account.createdAt)] },
      ...(account.loginsNotBefore === undefined
        ? []
        : [{ label: 'Logins ended', cells: [moment(account.loginsNotBefore)] }]),
    ],
  },
  {
    ...{ kind: 'table', title: 'Customer records', empty: 'No record is linked.' },
    columns: [{ label: 'Service line' }, { label: 'Number' }, { label: 'Role' }, { label: 'How' }, { label: 'Since' }],
    rows: account.records.map(({ serviceLine, customerId, role, method, ruleVersion, linkedAt }) => [
      ...[serviceLine, customerId, role ?? '–'],
      { text: methodWord(method), hint: ruleVersion },
      day(linkedAt),
    ]),
  },
  {
    ...{ kind: 'table', title: 'Ways to log in', empty: 'There is none.' },
    columns: [{ label: 'At' }, { label: 'Reference' }],
    rows: account.identities.map(({ issuer, reference }) => [issuer, { text: reference, code: true }]),
  },
  {
    ...{ kind: 'table', title: 'Consents', empty: 'None was given.' },
    columns: [{ label: 'App' }, { label: 'May have' }, { label: 'Since' }],
    rows: account.consents.map(({ client, scopes, since }) => [client, scopes.join(', '), day(since)]),
  },
]

const ACTS = [
  ['endLogins', 'End all logins', 'At PIAS and at the apps. The person can log in again.', 'logins-ended'],
  ['blockAccount', 'Block the account', 'Nobody gets in, and all logins end.', 'blocked'],
  ['unblockAccount', 'Let the person in again', 'What was given before stays worth nothing.', 'unblocked'],
] as const

const accessForms = ({ form }: Visit, account: AccountView): readonly Block[] =>
  ACTS.filter(([id]) => id !== (account.blocked ? 'blockAccount' : 'unblockAccount')).flatMap(([id, title, intro]) =>
    form(id, {
      ...{ title, intro, action: `${accountPath(account.id)}/${id}`, submit: title, fields: [] },
      tone: id === 'unblockAccount' ? 'secondary' : 'danger',
    }),
  )

/** What ends logins is asked about first. */
const accessAct = ([operation, title, intro, done]: (typeof ACTS)[number]): Act => {
  const run: Act = async ({ act, params }) => {
    const outcome = await act(operation, { params })
    return thenTo(outcome, `${accountPath(params.accountId ?? '')}?done=${done}`)
  }
  if (operation === 'unblockAccount') return run
  return askFirst(async ({ ask, params }) => {
    const { id, name = '' } = await ask('showAccount', { params })
    const path = accountPath(id)
    const facts: Block = {
      kind: 'facts',
      rows: [
        { label: 'Account', cells: [{ text: id, code: true }] },
        { label: 'Name', cells: [name] },
      ],
    }
    const question = { operation, title, intro, submit: title, action: `${path}/${operation}`, cancel: path }
    return { ...question, blocks: [facts] }
  }, run)
}

const onePage: ConsolePage = {
  path: '/people/:accountId',
  show: async visit => {
    const { ask, form, params, problem, text } = visit
    const account = await ask('showAccount', { params })
    return {
      ...accountHead(account.id, ''),
      blocks: [
        ...accountBlocks(account),
        ...form('revealAccount', {
          ...{ title: 'Reveal name and numbers', action: `${accountPath(account.id)}/reveal`, submit: 'Reveal' },
          ...{ tone: 'secondary', fields: [reasonField(text('reason'), problem)] },
        }),
        ...accessForms(visit, account),
      ],
    }
  },
  acts: {
    '/reveal': async ({ act, params, text }) => {
      const outcome = await act('revealAccount', { params, body: { reason: text('reason') } })
      if ('problem' in outcome) return outcome
      const account = outcome.told
      const title = 'Name and numbers are shown'
      const notice: Block = {
        kind: 'notice',
        tone: 'warning',
        title,
        text: ['The audit trail knows that you saw them, and why.'],
      }
      return { page: { ...accountHead(account.id, ''), blocks: [notice, ...accountBlocks(account)] } }
    },
    ...Object.fromEntries(ACTS.map(access => [`/${access[0]}`, accessAct(access)])),
  },
}

const timelinePage: ConsolePage = {
  path: '/people/:accountId/timeline',
  show: async ({ ask, params, text }) => {
    const { accountId = '' } = params
    const cursor = text('cursor', 'query')
    const { events, next } = await ask('accountTimeline', { params, query: cursor === '' ? {} : { cursor } })
    const more = { text: 'Older events', href: withQuery(`${accountPath(accountId)}/timeline`, { cursor: next }) }
    return {
      ...accountHead(accountId, '/timeline'),
      blocks: [
        {
          ...{ kind: 'table', title: 'What happened, newest first', empty: 'Nothing happened.' },
          ...{ columns: EVENT_COLUMNS, rows: events.map(eventRow), ...(next !== undefined && { more }) },
        },
      ],
    }
  },
}

const whyPage: ConsolePage = {
  path: '/people/:accountId/why',
  show: async ({ ask, params }) => {
    const { accountId = '' } = params
    const { decisions } = await ask('whyLinked', { params })
    const nothing: Block = {
      ...{ kind: 'notice', tone: 'plain', title: 'Matching decided nothing about this account' },
      text: ['Its records, if any, came by a proof, an import or an admin: see the timeline.'],
    }
    return {
      ...accountHead(accountId, '/why'),
      lead: `${count(decisions.length)} ${decisions.length === 1 ? 'decision' : 'decisions'}, as made then, newest first.`,
      blocks: decisions.length === 0 ? [nothing] : decisions.flatMap(decisionBlocks),
    }
  },
}

/** People: found, looked at, explained. */
export const peoplePages: readonly ConsolePage[] = [searchPage, onePage, timelinePage, whyPage]
