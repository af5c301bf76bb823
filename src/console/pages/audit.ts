import { type ConsolePage, withQuery } from '#src/console/console-page.ts'
import { EVENT_COLUMNS, eventRow } from '#src/console/events.ts'

const SEARCHED = ['account', 'client', 'type'] as const

/** A day and a time of a Belgian clock is more than a browser says: days are those of UTC, as everywhere in the API. */
const timeOf = (text: string): string | undefined => {
  const at = Date.parse(`${text}:00Z`)
  return Number.isNaN(at) ? undefined : String(at)
}

/** Search in the audit trail. */
export const auditPage: ConsolePage = {
  path: '/audit',
  show: async visit => {
    const { ask, text } = visit
    const given = Object.fromEntries(SEARCHED.map(name => [name, text(name, 'query')]))
    const [from, to, cursor] = ['from', 'to', 'cursor'].map(name => text(name, 'query'))
    const query = {
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
      ...(timeOf(from ?? '') && { from: timeOf(from ?? '') as string }),
      ...(timeOf(to ?? '') && { to: timeOf(to ?? '') as string }),
      ...(cursor && { cursor }),
    }
    const { events, next } = await ask('searchAudit', { query })
    return {
      title: 'Audit trail',
      lead: 'What was decided and done, by whom and why. It is chained: nobody changes it unnoticed.',
      blocks: [
        {
          ...{ kind: 'form', title: 'Search', method: 'get', action: '/audit', hidden: {}, submit: 'Search' },
          fields: [
            { name: 'account', label: 'Account', value: given.account ?? '' },
            { name: 'client', label: 'App', value: given.client ?? '' },
            { name: 'type', label: 'Event', hint: 'such as link.decided or admin.refused', value: given.type ?? '' },
            { name: 'from', label: 'From (UTC)', kind: 'datetime-local', value: from ?? '' },
            { name: 'to', label: 'Until before (UTC)', kind: 'datetime-local', value: to ?? '' },
          ],
        },
        {
          ...{ kind: 'table', title: 'Events, newest first', columns: EVENT_COLUMNS, rows: events.map(eventRow) },
          empty: 'No event fits. Try fewer conditions.',
          ...(next !== undefined && {
            more: { text: 'Older events', href: withQuery('/audit', { ...given, from, to, cursor: next }) },
          }),
        },
      ],
    }
  },
}
