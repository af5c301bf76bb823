import type { Json } from '#src/kernel/runtime.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { CellLike } from './blocks.ts'
import { moment } from './words.ts'

/** Events in words; others are called by their type. */
const EVENT_WORDS: Readonly<Record<string, string>> = {
  'account.opened': 'Account opened',
  'account.revealed': 'Name and numbers revealed',
  'account.blocked': 'Blocked',
  'account.unblocked': 'Let in again',
  'account.logins-ended': 'All logins ended',
  'account.login-ended': 'A login ended by the person',
  'account.exported': 'Data taken along by the person',
  'account.erased': 'Account erased',
  'link.decided': 'Matching decided',
  'link.created': 'Record linked',
  'link.unresolved': 'Matching was not certain',
  'link.shadowed': 'Matching decided, recorded only',
  'link.proposed': 'Act on links proposed',
  'link.withdrawn': 'Proposal withdrawn',
  'alarm.raised': 'Alarm raised',
  'alarm.cleared': 'Alarm over',
  'matching.model': 'Rules of matching changed',
  'admin.done': 'An admin did something',
  'admin.refused': 'An admin was refused',
  'admin.looked': 'An admin looked at people',
  'admin.signed-in': 'An admin signed in to the console',
  'admin.signed-out': 'An admin signed out',
  'admin.roles-changed': 'Roles changed',
  'client.created': 'App registered',
  'client.changed': 'App changed',
  'client.removed': 'App removed',
  'rollout.changed': 'Rollout changed',
  'rollout.reverted': 'Rollout reverted',
  'review.raised': 'Review raised',
  'review.closed': 'Review decided',
  'consent.given': 'Consent given',
  'consent.withdrawn': 'Consent taken back',
  'request.refused': 'Request of an app refused',
  'trial.step': 'Step of a test login',
}

/** What is told in another way, or too long for a line. */
const ELSEWHERE = new Set(['decision', 'policy', 'evidence'])

const detailOf = (data: Json): string =>
  typeof data !== 'object' || data === null || Array.isArray(data)
    ? ''
    : Object.entries(data)
        .filter(([name, value]) => !ELSEWHERE.has(name) && value !== undefined && value !== null)
        .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(' · ')

/** An event in words. */
export const eventName = (type: string): string => EVENT_WORDS[type] ?? type

/** The columns of a list of events, and an event as a row of it. */
export const EVENT_COLUMNS = [
  { label: 'When' },
  { label: 'What' },
  { label: 'Account' },
  { label: 'App' },
  { label: 'Details' },
] as const

/** An event as a row. */
export const eventRow = ({ at, type, accountId, clientId, data }: FoundAuditEvent): readonly CellLike[] => [
  moment(at),
  { text: eventName(type), ...(EVENT_WORDS[type] !== undefined && { hint: type }) },
  accountId === undefined ? '' : { text: accountId, href: `/people/${encodeURIComponent(accountId)}`, code: true },
  clientId === undefined ? '' : { text: clientId, href: `/clients/${encodeURIComponent(clientId)}`, code: true },
  detailOf(data),
]
