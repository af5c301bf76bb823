import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent, AuditPort, AuditSearch, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { Database, Statement } from './database.ts'

/** An event as a row. */
export type AuditRow = {
  sequence: number
  at: number
  type: string
  account_id: string | null
  client_id: string | null
  data: string
}

/** The columns of {@link AuditRow}. */
export const AUDIT_COLUMNS = 'sequence, at, type, account_id, client_id, data'

/** An event with its data as the text that is stored. */
export const toStoredEvent = (row: AuditRow) => ({
  sequence: row.sequence,
  at: row.at,
  type: row.type,
  ...(row.account_id !== null && { accountId: row.account_id }),
  ...(row.client_id !== null && { clientId: row.client_id }),
  data: row.data,
})

const toEvent = (row: AuditRow): FoundAuditEvent => {
  const event = toStoredEvent(row)
  return { ...event, data: JSON.parse(event.data) as Json }
}

/** Appends events within the caller's transaction: what is decided and the record of it are committed together. */
export const prepareAppend = (db: Database): ((events: readonly AuditEvent[]) => void) => {
  const insert = db.prepare('INSERT INTO audit_events (at, type, account_id, client_id, data) VALUES (?, ?, ?, ?, ?)')
  const insertRecord = db.prepare(
    'INSERT INTO audit_event_records (record, happened_at, event) VALUES (?, ?, last_insert_rowid())',
  )
  return events => {
    for (const { at, type, accountId, clientId, data, records = [] } of events) {
      insert.run(at, type, accountId ?? null, clientId ?? null, JSON.stringify(data))
      // Its table has no rowid of its own: the last one stays the event's.
      for (const record of new Set(records)) insertRecord.run(record, at)
    }
  }
}

const CONDITIONS = {
  accountId: 'account_id = :accountId',
  clientId: 'client_id = :clientId',
  type: 'type = :type',
  record: 'record = :record',
}
type Condition = keyof typeof CONDITIONS

const NAMES = Object.keys(CONDITIONS) as Condition[]

/** Where a search goes by what is rarest: a record first, then an account, whatever else is asked for. */
const sourceOf = (names: readonly Condition[]): { from: string; at: string; sequence: string } => {
  if (names.includes('record')) {
    const from = 'audit_event_records CROSS JOIN audit_events ON sequence = event'
    return { from, at: 'happened_at', sequence: 'event' }
  }
  const from = names.includes('accountId') ? 'audit_events INDEXED BY audit_events_by_account' : 'audit_events'
  return { from, at: 'at', sequence: 'sequence' }
}

/** A statement for each set of conditions, so that every search goes by an index. */
const prepareSearch = (db: Database): AuditPort['search'] => {
  const statements = new Map<string, Statement<AuditRow>>()
  for (let set = 0; set < 2 ** NAMES.length; set++) {
    const names = NAMES.filter((_, bit) => set & (1 << bit))
    const { from, at, sequence } = sourceOf(names)
    const place = [`${at} >= :from`, `(${at}, ${sequence}) < (:at, :sequence)`]
    const sql = `SELECT ${AUDIT_COLUMNS} FROM ${from}
      WHERE ${[...names.map(name => CONDITIONS[name]), ...place].join(' AND ')}
      ORDER BY ${at} DESC, ${sequence} DESC LIMIT :limit`
    statements.set(names.join(), db.prepare<AuditRow>(sql))
  }
  return async (query: AuditSearch) => {
    const names = NAMES.filter(name => query[name] !== undefined)
    const given = Object.fromEntries(names.map(name => [name, query[name] as string]))
    const { from = 0, to = Number.MAX_SAFE_INTEGER, before, limit } = query
    const end = before !== undefined && before.at < to ? before : { at: to, sequence: 0 }
    const rows = statements.get(names.join())?.all({ ...given, from, at: end.at, sequence: end.sequence, limit })
    return (rows ?? []).map(toEvent)
  }
}

/** The audit trail on SQLite. */
export const createAudit = (db: Database): AuditPort => {
  const appendAll = prepareAppend(db)
  const page = db.prepare<AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit_events WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  )
  const pageOfAccount = db.prepare<AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit_events WHERE account_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  )

  return {
    append: async events => db.transaction(() => appendAll(events)),

    list: async ({ after, limit, accountId }) => {
      const rows = accountId === undefined ? page.all(after, limit) : pageOfAccount.all(accountId, after, limit)
      return rows.map(toEvent)
    },

    search: prepareSearch(db),
  }
}
