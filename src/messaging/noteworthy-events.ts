import type { CustomerKey } from '#src/kernel/customer.ts'
import { dayOf } from '#src/pages/dates.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Notice } from './message-content.ts'

const DAY_MS = 24 * 3600 * 1000

/** What people are told of an event; `records` are those whose contacts on file are told, too, or all of the account's. */
export type Noteworthy = Notice & { readonly records: readonly CustomerKey[] | 'all' }

/** An account's identity gave way to a new one (accounts/link-events.ts). */
const isRebinding = ({ data }: AuditEvent): boolean => (data as { kind?: string }).kind === 'rebind'

const recordOf = ({ data }: AuditEvent): CustomerKey => data as unknown as CustomerKey

/** When the old login ends, where it goes on for a while (linking/bind-login.ts). */
const retiresOn = ({ at, data }: AuditEvent): { retiresOn?: string } => {
  const { retiresAt = 0 } = data as { retiresAt?: number }
  return retiresAt > at ? { retiresOn: dayOf(retiresAt) } : {}
}

/** The last whole day on which an erasure can be taken back (self-service/erasure-grace.ts). */
const lastDayOf = ({ at, data }: AuditEvent): string => dayOf(((data as { dueAt?: number }).dueAt ?? at) - DAY_MS)

/**
 * What of the audit trail people are told, by type of event. A new kind of link, bind or removal is one line here; its
 * event needs an account, and `data.upstream` or `data.issuer` where the words name the upstream.
 */
const NOTEWORTHY: Readonly<Record<string, (event: AuditEvent) => Noteworthy | undefined>> = {
  'link.created': event => ({ name: 'linked', model: { at: event.at }, records: [recordOf(event)] }),
  'link.removed': event => ({ name: 'unlinked', model: { at: event.at }, records: [recordOf(event)] }),
  'identity.added': event =>
    isRebinding(event) ? { name: 'moved', model: { at: event.at }, records: 'all' } : undefined,
  'identity.bound': event => ({ name: 'login-bound', model: { at: event.at, ...retiresOn(event) }, records: 'all' }),
  'account.erasure-requested': event => ({
    name: 'erase-scheduled',
    model: { at: event.at, on: lastDayOf(event) },
    records: 'all',
  }),
  // Whoever is on file of a record has nothing to do with where its person watches TV.
  'device.connected': ({ at, data }) => {
    const { app = '', device = app } = data as { app?: string; device?: string }
    return { name: 'device-connected', model: { at, app, device }, records: [] }
  },
  'passkey.added': event => ({ name: 'passkey-added', model: { at: event.at }, records: 'all' }),
  'passkey.removed': event => ({ name: 'way-removed', model: { at: event.at, way: 'Passkey' }, records: 'all' }),
}

/** What people are told of this event; undefined for nothing. */
export const noteworthyOf = (event: AuditEvent): Noteworthy | undefined =>
  Object.hasOwn(NOTEWORTHY, event.type) ? NOTEWORTHY[event.type]?.(event) : undefined
