import { refused } from '#src/admin/routes/link-requests.ts'
import { askFirst } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
import type { ChangeView } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { moment } from '#src/console/words.ts'
import { effectBlocks, movesTable, sidesTable } from './link-effect.ts'
import { KINDS, stateCell } from './links.ts'

const changeForms = (visit: Visit, change: ChangeView): readonly Block[] => {
  const { form } = visit
  const path = `/link-changes/${change.id}`
  if (change.state === 'proposed') {
    return [
      ...form('approveLinkChange', {
        title: 'Approve it',
        intro: 'Not by whoever proposed it. What would come of it is shown first.',
        action: `${path}/approve`,
        submit: 'Approve',
        fields: [],
      }),
      ...form('withdrawLinkChange', {
        title: 'Withdraw it',
        intro: 'Nothing is changed.',
        action: `${path}/withdraw`,
        submit: 'Withdraw',
        tone: 'secondary',
        fields: [],
      }),
    ]
  }
  if (change.state !== 'done' || change.undoneBy !== undefined) return []
  return form('changeLinks', {
    title: 'Undo it',
    intro: 'Everything goes back to where it was, unless it moved since.',
    action: `${path}/undo`,
    submit: 'Undo',
    tone: 'danger',
    fields: [REASON_FIELD],
  })
}

const changePath = ({ changeId = '' }: Visit['params']): string => `/link-changes/${encodeURIComponent(changeId)}`

const undoOf = ({ changeId: change = '' }: Visit['params']) => ({ kind: 'undo', change }) as const

/** What an undo would do, which need not be the act turned round: it ends logins, too. */
const askUndo = async ({ act, params }: Visit) => {
  const outcome = await act('previewLinkChange', { body: undoOf(params) })
  if ('problem' in outcome) return outcome
  const path = changePath(params)
  return {
    operation: 'changeLinks',
    title: 'Undo it',
    submit: 'Undo',
    action: `${path}/undo`,
    cancel: path,
    intro: 'It can be undone, too; a merge is proposed again.',
    hidden: { seen: outcome.told.mark },
    blocks: effectBlocks(outcome.told),
  }
}

/** What approving does, to whom: whoever proposed it saw the same. */
const askApprove = async ({ ask, params }: Visit) => {
  const change = await ask('showLinkChange', { params })
  const { kind, by, reason, moves, accounts, effect } = change
  if (effect === undefined) return { problem: refused('stale') }
  const path = changePath(params)
  return {
    operation: 'approveLinkChange',
    title: 'Approve it',
    submit: 'Approve',
    action: `${path}/approve`,
    cancel: path,
    intro: `${KINDS[kind] ?? kind}, proposed by ${by}: ${reason}. It can be undone.`,
    blocks: effectBlocks({ moves, opens: [], accounts, ...effect }),
  }
}

/** One act on links: approved, withdrawn, undone. */
export const changePage: ConsolePage = {
  path: '/link-changes/:changeId',
  show: async visit => {
    const change = await visit.ask('showLinkChange', { params: visit.params })
    const other = (label: string, id: string | undefined) =>
      id === undefined ? [] : [{ label, cells: [{ text: id, href: `/link-changes/${id}`, code: true }] }]
    return {
      title: KINDS[change.kind] ?? change.kind,
      crumbs: [{ text: 'Proposals', href: '/proposals' }],
      blocks: [
        {
          kind: 'facts',
          rows: [
            { label: 'State', cells: [stateCell(change)] },
            { label: 'When', cells: [moment(change.at)] },
            { label: 'By', cells: [{ text: change.by, code: true }] },
            { label: 'Why', cells: [change.reason] },
            ...(change.decidedBy === undefined
              ? []
              : [{ label: 'Decided by', cells: [{ text: change.decidedBy, code: true }] }]),
            ...other('Undoes', change.undoes),
            ...other('Undone by', change.undoneBy),
          ],
        },
        ...(change.effect === undefined
          ? [movesTable(change.moves, 'What moves'), sidesTable(change.accounts)]
          : effectBlocks({ moves: change.moves, opens: [], accounts: change.accounts, ...change.effect })),
        ...changeForms(visit, change),
      ],
    }
  },
  acts: {
    '/approve': askFirst(askApprove, async ({ act, params, text }) =>
      thenTo(await act('approveLinkChange', { params, key: text('once') }), `${changePath(params)}?done=approved`),
    ),
    '/withdraw': async ({ act, params, text }) =>
      thenTo(await act('withdrawLinkChange', { params, key: text('once') }), `${changePath(params)}?done=withdrawn`),
    '/undo': askFirst(askUndo, async ({ act, params, text }) => {
      const body = { request: undoOf(params), reason: text('reason'), seen: text('seen') }
      const outcome = await act('changeLinks', { body, key: text('once') })
      return thenTo(outcome, `${changePath(params)}?done=changed`)
    }),
  },
}
