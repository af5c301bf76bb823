import { BY_PERSON, type FoundAuditEvent } from '#src/store/ports/audit.ts'
import { BY_ITSELF } from '#src/store/ports/schema-events.ts'
import type { CellLike } from './blocks.ts'

/** What only the person of an account does, at a login or on their own pages, unless the event names somebody. */
const OF_CUSTOMERS: ReadonlySet<string> = new Set([
  'account.erasure-requested',
  'account.erasure-withdrawn',
  'account.exported',
  'account.login-ended',
  'account.opened',
  'bind.refused',
  'consent.given',
  'consent.withdrawn',
  'device.connected',
  'email.code-asked',
  'identity.bound',
  'passkey.added',
  'passkey.refused',
  'passkey.removed',
  'password.refused',
  'proof.code-asked',
  'proof.refused',
])

/** What makes an admin of the account that the event is of. */
const OF_ADMINS: ReadonlySet<string> = new Set(['admin.bootstrapped'])

/** What apps do, unless the event names somebody. */
const OF_APPS: ReadonlySet<string> = new Set(['request.refused'])

/** How a client that changes itself is named (RFC 7592). */
const BY_REGISTRATION = 'registration'

type Data = { readonly by?: unknown; readonly reason?: unknown; readonly origin?: unknown; readonly method?: unknown }

const dataOf = ({ data }: FoundAuditEvent): Data =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Data) : {}

/** Whom an event names: an account, a user of the machine, or a word. Of a login that was bound it is told how. */
const namedBy = (event: FoundAuditEvent): string | undefined => {
  const { by } = dataOf(event)
  return typeof by === 'string' && event.type !== 'identity.bound' ? by : undefined
}

const unnamed = (event: FoundAuditEvent): CellLike => {
  const { type, accountId } = event
  const { origin, method } = dataOf(event)
  if (OF_ADMINS.has(type) && accountId !== undefined) return { text: accountId, code: true }
  if (OF_APPS.has(type)) return 'app'
  const isProved = type === 'link.created' && method === 'proof'
  return isProved || (OF_CUSTOMERS.has(type) && origin !== 'import') ? 'customer' : 'system'
}

/** Who did what an event tells: whom it names, or in a word whose doing such events are. */
export const authorCell = (event: FoundAuditEvent): CellLike => {
  const by = namedBy(event)
  if (by === undefined) return unnamed(event)
  if (by === BY_ITSELF) return 'system'
  if (by === BY_REGISTRATION) return 'app'
  return by === event.accountId && dataOf(event).reason === BY_PERSON ? 'customer' : { text: by, code: true }
}

/** The fields of an event's data that {@link authorCell} tells. */
export const toldFields = (event: FoundAuditEvent): readonly string[] => (namedBy(event) === undefined ? [] : ['by'])
