import type { DecisionView } from '#src/admin/operations/decisions.ts'
import { mayReveal } from '#src/admin/roles.ts'
import type { Block, CellLike } from '#src/console/blocks.ts'
import { clientCell } from '#src/console/client-cell.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { outcomeWord, reasonWord } from '#src/console/matching-words.ts'
import type { AlarmsTold } from '#src/console/told.ts'
import { count, countAndShare, moment } from '#src/console/words.ts'
import { accountCell, accountPath } from './account-tabs.ts'
import { ALARMS_PATH, alarmNotices, RECORD_PATH, refusedProofs } from './alarm-notices.ts'
import { undecidedPath } from './undecided.ts'
import { wrongCell } from './why.ts'

const DASHBOARD = { section: '/', crumbs: [{ text: 'Dashboard', href: '/' }] } as const

const NOT_LOOKED_AT = 'No node has looked yet: one does within seconds of its start.'
const WHY_SHARED =
  'Several people may be after one customer, or the record holds what many share, such as a number of a shop.'
const NOT_YOURS: Block = {
  kind: 'notice',
  tone: 'plain',
  title: 'Which record it is, and whose decisions these are, your roles do not show',
  text: [
    'Together they tell a customer number. Ask somebody who may reveal numbers: the roles support and security, and owners.',
  ],
}

type Counts = AlarmsTold['window']
type Row = Extract<Block, { kind: 'facts' }>['rows'][number]

/** What is counted, each with how a number of it is told. */
const ROWS: readonly (readonly [label: string, tell: (counts: Counts) => string])[] = [
  ['People without an account whom matching decided about', ({ decisions }) => count(decisions)],
  ['Linked without a question', of => countAndShare(of.linked, of.decisions)],
  ['Asked for a proof', of => countAndShare(of.confirm, of.decisions)],
  ['Proofs accepted', ({ acceptedProofs }) => count(acceptedProofs)],
  ['Proofs refused', ({ refusedProofs: refused }) => count(refused)],
  ['Different people that one record came up for, at most in an hour', ({ mostOnOneRecord }) => count(mostOnOneRecord)],
]

/** The last hour against the week before it: what raises alarms on rates, and where to look further. */
const alarmsPage: ConsolePage = {
  path: ALARMS_PATH,
  show: async ({ ask }) => {
    const told = await ask('listAlarms')
    const { at, window, before } = told
    const look: Block = {
      kind: 'links',
      title: 'Look further',
      links: [
        { text: 'How decisions came out, by rules', href: '/rules?watch=1' },
        { text: 'Logins that matching would not decide', href: '/reviews' },
        refusedProofs(told),
        { text: 'The record that came up most', href: RECORD_PATH },
      ],
    }
    return {
      ...DASHBOARD,
      title: 'How linking goes',
      lead:
        at === 0
          ? NOT_LOOKED_AT
          : `The last hour, as a node looked at it ${moment(at)}, against the week before. One looks every five minutes.`,
      blocks: [
        ...alarmNotices(told),
        {
          kind: 'table',
          title: 'The last hour against the week before it',
          empty: '',
          columns: [{ label: 'What' }, { label: 'Last hour', number: true }, { label: 'Week before', number: true }],
          rows: ROWS.map(([label, tell]) => [label, tell(window), tell(before)]),
        },
        ...(at === 0 ? [] : [look]),
      ],
    }
  },
}

const decisionRow = (decision: DecisionView): readonly CellLike[] => {
  const { at, client, account, outcome, records, errorBudget } = decision
  const [record] = records
  const why = account === undefined ? undecidedPath(decision) : `${accountPath(account)}/why`
  return [
    { text: moment(at), href: why },
    client === undefined ? '' : clientCell(client),
    accountCell(account),
    { text: outcomeWord(outcome), ...(record && { hint: reasonWord(record.because) }) },
    record === undefined ? '–' : wrongCell(record, errorBudget),
  ]
}

/** The record that came up for most people in an hour: what raises the alarm on many people who may be one customer. */
const recordPage: ConsolePage = {
  path: RECORD_PATH,
  show: async ({ ask, text, caller }) => {
    const to = text('to', 'query')
    const {
      from,
      to: end,
      record,
      people,
      count: times,
      decisions,
    } = await ask('showBusiestRecord', { query: { ...(to && { to }) } })
    const head = {
      ...DASHBOARD,
      crumbs: [...DASHBOARD.crumbs, { text: 'How linking goes', href: ALARMS_PATH }],
      title: 'The record that came up most',
    }
    if (end === 0) return { ...head, lead: NOT_LOOKED_AT, blocks: [] }
    const hour = `${moment(from)} to ${moment(end)}`
    const numbers: readonly Row[] = [
      { label: 'Hour', cells: [hour] },
      { label: 'Different people it came up for', cells: [count(people)] },
      { label: 'Linked or offered in', cells: [`${count(times)} ${times === 1 ? 'decision' : 'decisions'}`] },
    ]
    if (!mayReveal(caller.roles))
      return { ...head, lead: WHY_SHARED, blocks: [{ kind: 'facts', rows: numbers }, NOT_YOURS] }
    return {
      ...head,
      lead: WHY_SHARED,
      blocks: [
        {
          kind: 'facts',
          rows: [
            ...numbers,
            {
              label: 'Record',
              cells: [
                record === undefined
                  ? 'none came up'
                  : {
                      text: `${record.serviceLine} ${record.customerId}`,
                      hint: 'a reference: who knows the number finds it under People',
                    },
              ],
            },
          ],
        },
        {
          kind: 'table',
          title:
            decisions.length < times ? `The newest ${count(decisions.length)} decisions` : 'Decisions, newest first',
          empty: 'None: nobody came, or nothing was found for whoever did.',
          columns: ['When', 'App', 'Account', 'Came out as', 'A link would be wrong'].map(label => ({ label })),
          rows: decisions.map(decisionRow),
        },
      ],
    }
  },
}

/** What raised alarms on linking. */
export const alarmPages: readonly ConsolePage[] = [alarmsPage, recordPage]
