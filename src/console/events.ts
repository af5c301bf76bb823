import type { Json } from '#src/kernel/runtime.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { CellLike, Table } from './blocks.ts'
import { clientCell } from './client-cell.ts'
import { authorCell, toldFields } from './event-author.ts'
import { moment } from './words.ts'

/** Events in words; others are called by their type. */
export const EVENT_WORDS: Readonly<Record<string, string>> = {
  'account.absorbed': 'Absorbed another account',
  'account.blocked': 'Blocked',
  'account.erased': 'Account erased',
  'account.erasure-requested': 'The person asked to be erased',
  'account.erasure-withdrawn': 'The person no longer wants to be erased',
  'account.exported': 'Data downloaded by the person',
  'account.login-ended': 'A login ended by the person',
  'account.logins-ended': 'All logins ended',
  'account.merged': 'Became part of another account',
  'account.opened': 'Account opened',
  'account.released': 'Gave another account back',
  'account.revealed': 'Name and numbers revealed',
  'account.unblocked': 'Let in again',
  'account.unmerged': 'Is an account of its own again',
  'accounts.imported': 'Accounts imported',
  'admin.bootstrap-prepared': 'A code for a first owner was made',
  'admin.bootstrapped': 'The first owner',
  'admin.done': 'An admin did something',
  'admin.looked': 'An admin looked at people',
  'admin.refused': 'An admin was refused',
  'admin.roles-changed': 'Roles changed',
  'admin.signed-in': 'An admin logged in to the console',
  'admin.signed-out': 'An admin logged out',
  'alarm.cleared': 'Alarm over',
  'alarm.raised': 'Alarm raised',
  'audit.revealed': 'Audit trail exported with numbers of people',
  'bind.refused': 'A new itsme was not connected',
  'client.changed': 'App changed',
  'client.created': 'App registered',
  'client.disabled': 'App disabled',
  'client.initial-access-token': 'Token for registering apps made',
  'client.pkce-waived': 'An app may do without PKCE',
  'client.removed': 'App removed',
  'client.restored': 'App let in again',
  'client.secret-added': 'Secret of an app added',
  'client.secret-removed': 'Secret of an app removed',
  'consent.given': 'Consent given',
  'consent.withdrawn': 'Consent withdrawn',
  'credential.forgotten': 'Old login forgotten',
  'credential.replaced': 'itsme replaced the old login',
  'customers.changed': 'Customer record changed by hand',
  'customers.import-begun': 'Import of customer records begun',
  'customers.imported': 'Customer records imported',
  'device.connected': 'A device was let in',
  'email.code-asked': 'A code for an e-mail address was requested',
  'identity.added': 'Login added',
  'identity.bound': 'Login of itsme connected',
  'identity.removed': 'Login removed',
  'kek.moved': 'All keys wrapped with another key-encryption key',
  'kek.rewrapped': 'All keys wrapped with the newest version',
  'kek.version-added': 'Version of the key-encryption key added',
  'keys.activated': 'Key put into use',
  'keys.rotated': 'Keys rotated',
  'keys.withdrawn': 'Key withdrawn',
  'link.created': 'Record linked',
  'link.decided': 'Matching decided',
  'link.proposed': 'Act on links proposed',
  'link.removed': 'Record unlinked',
  'link.shadowed': 'Matching decided, recorded only',
  'link.unresolved': 'Matching was not certain',
  'link.withdrawn': 'Proposal withdrawn',
  'logout.abandoned': 'An app was not told of a logout',
  'logout.delivered': 'An app was told of a logout',
  'logout.failed': 'An app could not be told of a logout yet',
  'matching.model': 'Rules of matching changed',
  'message.abandoned': 'Message given up',
  'message.sent': 'Message sent',
  'passkey.added': 'Passkey added',
  'passkey.refused': 'Passkey refused',
  'passkey.removed': 'Passkey removed',
  'password.refused': 'Old password refused',
  'proof.code-asked': 'A code was requested as a proof',
  'proof.refused': 'Proof refused',
  'request.refused': 'Request of an app refused',
  'requests.refused': 'More requests refused',
  'review.closed': 'Review decided',
  'review.opened': 'Review raised',
  'rollout.changed': 'Rollout changed',
  'rollout.reverted': 'Rollout reverted',
  'schema.migrated': 'Schema of the database brought up to date',
  'schema.refused': 'Schema of the database could not be brought up to date',
  'trial.step': 'Step of a test login',
}

/** What is told in another way, or too long for a line. */
const ELSEWHERE = new Set(['decision', 'policy', 'evidence'])

const detailOf = (data: Json, told: readonly string[]): string =>
  typeof data !== 'object' || data === null || Array.isArray(data)
    ? ''
    : Object.entries(data)
        .filter(
          ([name, value]) => !ELSEWHERE.has(name) && !told.includes(name) && value !== undefined && value !== null,
        )
        .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(' · ')

/** An event in words. */
export const eventName = (type: string): string => EVENT_WORDS[type] ?? type

type Column = { readonly label: string; readonly cellOf: (event: FoundAuditEvent) => CellLike }

const ALWAYS: readonly Column[] = [
  { label: 'When', cellOf: ({ at }) => moment(at) },
  {
    label: 'What',
    cellOf: ({ type }) => ({ text: eventName(type), ...(EVENT_WORDS[type] !== undefined && { hint: type }) }),
  },
  { label: 'Who', cellOf: authorCell },
]

const ACCOUNT: Column = {
  label: 'Account',
  cellOf: ({ accountId }) =>
    accountId === undefined ? '' : { text: accountId, href: `/people/${encodeURIComponent(accountId)}`, code: true },
}

const APP: Column = { label: 'App', cellOf: ({ clientId }) => (clientId === undefined ? '' : clientCell(clientId)) }

const DETAILS: Column = { label: 'Details', cellOf: event => detailOf(event.data, toldFields(event)) }

/** Events as columns and rows of a table; accounts and apps have no column where no event has one. */
export const eventTable = (events: readonly FoundAuditEvent[]): Pick<Table, 'columns' | 'rows'> => {
  const columns = [
    ...ALWAYS,
    ...(events.some(({ accountId }) => accountId !== undefined) ? [ACCOUNT] : []),
    ...(events.some(({ clientId }) => clientId !== undefined) ? [APP] : []),
    DETAILS,
  ]
  return {
    columns: columns.map(({ label }) => ({ label })),
    rows: events.map(event => columns.map(({ cellOf }) => cellOf(event))),
  }
}
