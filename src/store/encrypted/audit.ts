import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent, AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import { openSchemaEvent } from '#src/store/ports/schema-events.ts'

/** Before what an account's key seals; all else is sealed with the key of the trail. */
const OF_ACCOUNT = 'a:'

const contextOf = ({ at, type, accountId = '', clientId = '' }: Omit<AuditEvent, 'records'>) => [
  'audit_events',
  'data',
  at,
  type,
  accountId,
  clientId,
]

/** Sealers that are known already, by account; undefined for an account whose key must not be used. */
type KnownSealers = Readonly<Record<string, Sealer | undefined>>

/** Seals events with the key of the account they are about; those about none with the key of the trail. */
export const createSealEvents = ({ accounts, sealers, index }: Keyring) => {
  const sealEvent = async (event: AuditEvent, known: KnownSealers): Promise<AuditEvent> => {
    const { accountId, data, records } = event
    const text = JSON.stringify(data)
    const context = contextOf(event)
    const find = (id: string) => (Object.hasOwn(known, id) ? known[id] : accounts.of(id))
    const sealer = accountId === undefined ? undefined : await find(accountId)
    const sealed = sealer === undefined ? sealers.audit.seal(context, text) : OF_ACCOUNT + sealer.seal(context, text)
    const tokens = records?.map(index['audit.record'])
    return { ...event, data: sealed, ...(tokens !== undefined && { records: tokens }) }
  }
  return (events: readonly AuditEvent[], known: KnownSealers = {}): Promise<AuditEvent[]> =>
    Promise.all(events.map(event => sealEvent(event, known)))
}

/**
 * The audit trail with its data sealed. What is said of an account is sealed with the account's key: after its erasure
 * that something happened stays, and what it was about is gone (`data` is null).
 */
export const encryptAudit = (audit: AuditPort, keyring: Keyring): AuditPort => {
  const sealEvents = createSealEvents(keyring)

  const openData = (event: FoundAuditEvent, sealers: ReadonlyMap<string, Sealer>): Json => {
    const open = openSchemaEvent(event)
    if (open !== undefined) return open
    const sealed = event.data as string
    const context = contextOf(event)
    if (!sealed.startsWith(OF_ACCOUNT)) return JSON.parse(keyring.sealers.audit.open(context, sealed)) as Json
    const sealer = sealers.get(event.accountId ?? '')
    return sealer === undefined ? null : (JSON.parse(sealer.open(context, sealed.slice(OF_ACCOUNT.length))) as Json)
  }

  const openAll = async (events: readonly FoundAuditEvent[]): Promise<readonly FoundAuditEvent[]> => {
    const owned = events.filter(({ data }) => (data as string).startsWith(OF_ACCOUNT))
    const sealers = await keyring.accounts.ofMany(owned.flatMap(({ accountId }) => accountId ?? []))
    return events.map(event => ({ ...event, data: openData(event, sealers) }))
  }

  return {
    append: async events => audit.append(await sealEvents(events)),
    list: async query => openAll(await audit.list(query)),
    search: async ({ record, ...query }) => {
      const token = record === undefined ? {} : { record: keyring.index['audit.record'](record) }
      return openAll(await audit.search({ ...query, ...token }))
    },
  }
}
