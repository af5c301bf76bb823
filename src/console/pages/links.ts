import type { Problem } from '#src/admin/api/problem.ts'
import { reasonProblem } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo, withQuery } from '#src/console/console-page.ts'
import { linesOf, REASON_FIELD } from '#src/console/fields.ts'
import type { Form } from '#src/console/form.ts'
import type { ChangeView } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { moment } from '#src/console/words.ts'
import { ROLES, SERVICE_LINES } from '#src/kernel/customer.ts'
import { accountHead, accountPath } from './account-tabs.ts'
import { effectBlocks } from './link-effect.ts'

/** Acts on links in words. */
export const KINDS: Readonly<Record<string, string>> = {
  link: 'Link a record',
  unlink: 'Unlink a record',
  merge: 'Merge with another account',
  split: 'Split off a login',
  undo: 'Undo an act',
  rebind: 'Replace a login',
}

const STATES: Readonly<Record<ChangeView['state'], { text: string; tag: 'good' | 'warning' | 'plain' }>> = {
  done: { text: 'done', tag: 'good' },
  proposed: { text: 'waits for somebody else', tag: 'warning' },
  withdrawn: { text: 'withdrawn', tag: 'plain' },
}

/** What became of an act. */
export const stateCell = ({ state, undoneBy }: ChangeView) =>
  undoneBy === undefined ? STATES[state] : { text: 'undone', tag: 'plain' as const }

/** Acts on links in a list; each opens. */
const changesTable = (changes: readonly ChangeView[], title: string, empty: string): Block => ({
  kind: 'table',
  title,
  empty,
  columns: [{ label: 'When' }, { label: 'What' }, { label: 'State' }, { label: 'By' }, { label: 'Why' }],
  rows: changes.map(change => [
    { text: moment(change.at), href: `/link-changes/${change.id}` },
    KINDS[change.kind] ?? change.kind,
    stateCell(change),
    { text: change.by, code: true },
    change.reason,
  ]),
})

const RECORD_FIELDS: Form['fields'] = [
  {
    name: 'serviceLine',
    label: 'Service line',
    kind: 'select',
    options: SERVICE_LINES.map(value => ({ value, label: value })),
  },
  { name: 'customerId', label: 'Customer number' },
]

/** In which role a record is linked. */
export const ROLE_FIELD: Form['fields'][number] = {
  name: 'role',
  label: 'Role',
  kind: 'select',
  options: [{ value: '', label: 'What the record says' }, ...ROLES.map(value => ({ value, label: value }))],
}

/** A role that was chosen, as the API takes it. */
export const roleOf = ({ text }: Visit): { role?: string } => (text('role') === '' ? {} : { role: text('role') })

/** What a login is split off by: which of these leaves, and with which records. */
export const splitFields = (
  identities: readonly { readonly reference: string; readonly issuer: string }[],
): Form['fields'] => [
  {
    name: 'identity',
    label: 'Which login leaves',
    kind: 'select',
    options: identities.map(({ reference, issuer }) => ({ value: reference, label: `${issuer} ${reference}` })),
  },
  {
    name: 'records',
    label: 'With which records',
    kind: 'area',
    hint: 'One per line, such as internet INT-100001. May be empty.',
  },
]

const KEPT = ['kind', 'serviceLine', 'customerId', 'role', 'into', 'identity', 'records', 'change', 'reason'] as const

/** Records as they are written down: `internet INT-100001`, one a line. */
export const recordsOf = (text: string) =>
  linesOf(text).map(line => {
    const [serviceLine = '', customerId = ''] = line.split(/[\s:]+/)
    return { serviceLine, customerId }
  })

/** What a form asks for, as the API takes it; what it lacks the API tells. */
const requestOf = (visit: Visit) => {
  const { params, text } = visit
  const { accountId: account = '' } = params
  const record = { serviceLine: text('serviceLine'), customerId: text('customerId') }
  switch (text('kind')) {
    case 'link':
      return { kind: 'link', account, record, ...roleOf(visit) }
    case 'unlink':
      return { kind: 'unlink', record }
    case 'merge':
      return { kind: 'merge', account, into: text('into') }
    case 'split':
      return { kind: 'split', account, identities: [text('identity')], records: recordsOf(text('records')) }
    default:
      return { kind: 'undo', change: text('change') }
  }
}

/** The effect of an act, before anything is done; the form asks for it as it was seen. */
const previewed = async (visit: Visit, back: string): Promise<{ blocks: readonly Block[] } | { problem: Problem }> => {
  const { act, form, text } = visit
  const outcome = await act('previewLinkChange', { body: requestOf(visit) })
  if ('problem' in outcome) return outcome
  const takesTwo = text('kind') === 'merge'
  return {
    blocks: [
      ...effectBlocks(outcome.told),
      ...form('changeLinks', {
        title: takesTwo ? 'Propose it' : 'Do it',
        action: `${back}/do`,
        cancel: back,
        submit: takesTwo ? 'Propose it to somebody else' : 'Do it',
        tone: 'danger',
        fields: [],
        intro: `Why: ${text('reason')}. It can be undone.`,
        hidden: { ...Object.fromEntries(KEPT.map(name => [name, text(name)])), seen: outcome.told.mark },
      }),
    ],
  }
}

const actForms = (
  { form, params }: Visit,
  identities: readonly { reference: string; issuer: string }[],
): readonly Block[] => {
  const action = `${accountPath(params.accountId ?? '')}/links/preview`
  const of = (kind: string, intro: string, fields: Form['fields']) =>
    form('changeLinks', {
      title: KINDS[kind] ?? kind,
      intro,
      action,
      submit: 'Show what would happen',
      tone: 'secondary',
      hidden: { kind },
      fields: [...fields, REASON_FIELD],
    })
  return [
    ...of('link', 'A record without an owner.', [...RECORD_FIELDS, ROLE_FIELD]),
    ...of('unlink', 'Whoever has this record loses it, and is logged out everywhere.', RECORD_FIELDS),
    ...of('merge', 'One person with two accounts: this one becomes part of the other. Somebody else must approve it.', [
      { name: 'into', label: 'Into account' },
    ]),
    ...(identities.length < 2
      ? []
      : of(
          'split',
          'Two people in one account: a way to log in leaves, with its records, to an account of its own.',
          splitFields(identities),
        )),
  ]
}

/** Said above a fresh preview when the one that was agreed to does not hold any more. */
export const MOVED = 'Something has moved since you looked, and nothing was done. This is what would happen now.'

const previewPage = ({ params }: Visit, blocks: readonly Block[], lead: string) => ({
  page: { ...accountHead(params.accountId ?? '', '/links'), lead, blocks },
})

const accountLinks: ConsolePage = {
  path: '/people/:accountId/links',
  show: async visit => {
    const { ask, params } = visit
    const [account, { changes }] = await Promise.all([
      ask('showAccount', { params }),
      ask('listLinkChanges', { params }),
    ])
    return {
      ...accountHead(account.id, '/links'),
      lead: 'Every act has a preview and a reason, and can be undone.',
      blocks: [
        changesTable(changes, 'Acts on this account, newest first', 'Nobody has changed its links.'),
        ...actForms(visit, account.identities),
      ],
    }
  },
  acts: {
    '/preview': async visit => {
      const problem = reasonProblem(visit)
      if (problem !== undefined) return { problem }
      const path = `${accountPath(visit.params.accountId ?? '')}/links`
      const preview = await previewed(visit, path)
      if ('problem' in preview) return preview
      return previewPage(visit, preview.blocks, 'Nothing is done yet.')
    },
    '/do': async visit => {
      const { act, params, text } = visit
      const body = { request: requestOf(visit), reason: text('reason'), seen: text('seen') }
      const outcome = await act('changeLinks', { body, key: text('once') })
      if ('problem' in outcome && outcome.problem.code === 'stale') {
        const preview = await previewed(visit, `${accountPath(params.accountId ?? '')}/links`)
        return 'problem' in preview ? preview : previewPage(visit, preview.blocks, MOVED)
      }
      const done = 'told' in outcome && outcome.told.state === 'proposed' ? 'proposed' : 'changed'
      return thenTo(outcome, `${accountPath(params.accountId ?? '')}/links?done=${done}`)
    },
  },
}

const proposals: ConsolePage = {
  path: '/proposals',
  show: async ({ ask, text }) => {
    const cursor = text('cursor', 'query')
    const { changes, next } = await ask('listProposedChanges', { query: cursor === '' ? {} : { cursor } })
    const more = { text: 'Older ones', href: withQuery('/proposals', { cursor: next }) }
    const list = changesTable(changes, 'Waiting, newest first', 'Nothing waits. Merges appear here once proposed.')
    return {
      title: 'Proposals',
      lead: 'Acts that take two people: anybody but the one who proposed it can approve it.',
      blocks: [{ ...list, ...(next !== undefined && { more }) } as Block],
    }
  },
}

/** Links, mended. */
export const linkPages: readonly ConsolePage[] = [accountLinks, proposals]
