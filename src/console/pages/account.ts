import type { AccountView } from '#src/admin/operations/accounts.ts'
import { type Act, askFirst } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo, withQuery } from '#src/console/console-page.ts'
import { eventTable } from '#src/console/events.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
import { methodWord } from '#src/console/matching-words.ts'
import type { Visit } from '#src/console/visit.ts'
import { day, moment } from '#src/console/words.ts'
import { accountCell, accountHead, accountPath, accountState } from './account-tabs.ts'
import { whyPage } from './account-why.ts'
import { recordPath } from './why-linked.ts'

const accountBlocks = (account: AccountView): readonly Block[] => {
  const isWhole = account.absorbed.length > 0
  return [
    {
      kind: 'facts',
      rows: [
        { label: 'Account', cells: [{ text: account.id, code: true }] },
        { label: 'Name', cells: [account.name ?? 'unknown until the next login'] },
        { label: 'State', cells: [accountState(account)] },
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
      kind: 'table',
      title: 'Customer records',
      empty: 'No record is linked.',
      ...(isWhole && { intro: 'With those of its parts: a merge moves no record, and apps are told all of them.' }),
      columns: ['Service line', 'Number', 'Role', 'How', 'Since', ...(isWhole ? ['Linked to'] : [])].map(label => ({
        label,
      })),
      rows: account.records.map((record, index) => {
        const { serviceLine, customerId, role, method, ruleVersion, linkedAt, part } = record
        const place = index - account.records.findIndex(one => one.part === part)
        return [
          serviceLine,
          customerId,
          role ?? '–',
          { text: methodWord(method), href: recordPath(part ?? account.id, place), hint: ruleVersion },
          day(linkedAt),
          ...(isWhole ? [part === undefined ? 'this account' : accountCell(part)] : []),
        ]
      }),
    },
    {
      kind: 'table',
      title: 'Ways to log in',
      empty: 'There is none.',
      columns: [{ label: 'At' }, { label: 'Reference' }],
      rows: account.identities.map(({ issuer, reference }) => [issuer, { text: reference, code: true }]),
    },
    {
      kind: 'table',
      title: 'Consents',
      empty: 'None was given.',
      columns: [{ label: 'App' }, { label: 'May have' }, { label: 'Since' }],
      rows: account.consents.map(({ client, scopes, since }) => [client, scopes.join(', '), day(since)]),
    },
  ]
}

const ACTS = [
  ['endLogins', 'End all logins', 'At PIAS and at the apps. The person can log in again.', 'logins-ended'],
  ['blockAccount', 'Block the account', 'Nobody can log in, and all logins end.', 'blocked'],
  ['unblockAccount', 'Let the person in again', 'Earlier logins and tokens stay revoked.', 'unblocked'],
] as const

const accessForms = ({ form }: Visit, account: AccountView): readonly Block[] =>
  ACTS.filter(([id]) => id !== (account.blocked ? 'blockAccount' : 'unblockAccount')).flatMap(([id, title, intro]) =>
    form(id, {
      title,
      intro,
      action: `${accountPath(account.id)}/${id}`,
      submit: title,
      fields: [REASON_FIELD],
      tone: id === 'unblockAccount' ? 'secondary' : 'danger',
    }),
  )

/** What ends logins is asked about first. */
const accessAct = ([operation, title, intro, done]: (typeof ACTS)[number]): Act => {
  const run: Act = async ({ act, params, text }) => {
    const outcome = await act(operation, { params, body: { reason: text('reason') } })
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

const accountPage: ConsolePage = {
  path: '/people/:accountId',
  show: async visit => {
    const { ask, form, params } = visit
    const account = await ask('showAccount', { params })
    return {
      ...accountHead(account.id, ''),
      blocks: [
        ...accountBlocks(account),
        ...form('revealAccount', {
          title: 'Reveal name and numbers',
          action: `${accountPath(account.id)}/reveal`,
          submit: 'Reveal',
          tone: 'secondary',
          fields: [REASON_FIELD],
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
        text: ['The audit trail records that you saw them, and why.'],
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
          kind: 'table',
          title: 'What happened, newest first',
          empty: 'Nothing happened.',
          ...eventTable(events),
          ...(next !== undefined && { more }),
        },
      ],
    }
  },
}

/** One account: what it is, what happened to it, why it was linked. */
export const accountPages: readonly ConsolePage[] = [accountPage, timelinePage, whyPage]
