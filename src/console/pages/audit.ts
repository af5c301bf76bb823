import { fromField, ZONE_WORD } from '#src/console/belgian-clock.ts'
import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, withQuery } from '#src/console/console-page.ts'
import { eventTable } from '#src/console/events.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import type { Visit } from '#src/console/visit.ts'

const SEARCHED = ['account', 'client', 'type', 'from', 'to'] as const

type Searched = Readonly<Record<(typeof SEARCHED)[number], string>>

const timeOf = (text: string, edge: 'begin' | 'end'): string => String(fromField(text, edge) ?? '')

/** What is looked for, as it was typed. */
const searchedIn = ({ text }: Visit, from: 'query' | 'sent'): Searched =>
  Object.fromEntries(SEARCHED.map(name => [name, text(name, from)])) as Searched

/** The same as the API takes it. */
const conditionsOf = (searched: Searched): Readonly<Record<string, string>> => {
  const given = { ...searched, from: timeOf(searched.from, 'begin'), to: timeOf(searched.to, 'end') }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

const searchFields = (searched: Searched): readonly Field[] => [
  { name: 'account', label: 'Account', value: searched.account },
  { name: 'client', label: 'App', value: searched.client, hint: 'Its client id.' },
  { name: 'type', label: 'Event', hint: 'such as link.created or admin.refused', value: searched.type },
  { name: 'from', label: `From (${ZONE_WORD})`, kind: 'datetime-local', value: searched.from },
  { name: 'to', label: `Until before (${ZONE_WORD})`, kind: 'datetime-local', value: searched.to },
]

const FORMATS = [
  { value: 'jsonl', label: 'JSON lines' },
  { value: 'csv', label: 'CSV' },
]

const exportForm = ({ form }: Visit, searched: Searched): readonly Block[] =>
  form('exportAudit', {
    title: 'Export',
    action: '/audit/export',
    submit: 'Download',
    tone: 'secondary',
    hidden: searched,
    file: true,
    intro: 'All events that fit what is searched for above, as a file. The trail itself knows who took it along.',
    fields: [
      { name: 'format', label: 'As', kind: 'select', options: FORMATS },
      {
        name: 'reveal',
        label: 'Numbers of people',
        kind: 'checks',
        options: [{ value: 'on', label: 'Show them', hint: 'Otherwise they are masked. Needs a reason.' }],
      },
      REASON_FIELD,
    ],
  })

/** Search in the audit trail, and what is found as a file. */
export const auditPage: ConsolePage = {
  path: '/audit',
  show: async visit => {
    const { ask, text, problem } = visit
    const searched = searchedIn(visit, problem === undefined ? 'query' : 'sent')
    const cursor = text('cursor', 'query')
    const { events, next } = await ask('searchAudit', {
      query: { ...conditionsOf(searched), ...(cursor && { cursor }) },
    })
    return {
      title: 'Audit trail',
      lead: 'What was decided and done, by whom and why. It is chained: nobody changes it unnoticed.',
      blocks: [
        {
          kind: 'form',
          title: 'Search',
          method: 'get',
          action: '/audit',
          hidden: {},
          submit: 'Search',
          fields: searchFields(searched),
        },
        {
          kind: 'table',
          title: 'Events, newest first',
          ...eventTable(events),
          empty: 'No event fits. Try fewer conditions.',
          ...(next !== undefined && {
            more: { text: 'Older events', href: withQuery('/audit', { ...searched, cursor: next }) },
          }),
        },
        ...exportForm(visit, searched),
      ],
    }
  },
  acts: {
    '/export': async visit => {
      const { act, text, now } = visit
      const conditions = { ...conditionsOf(searchedIn(visit, 'sent')), format: text('format') }
      const outcome =
        text('reveal') === 'on'
          ? await act('revealAudit', { body: { ...conditions, reason: text('reason') } })
          : await act('exportAudit', { query: conditions })
      if ('problem' in outcome) return outcome
      const day = new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length)
      return { file: { ...outcome.told, name: `audit-${day}.${text('format')}` } }
    },
  },
}
