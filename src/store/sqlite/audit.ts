import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent, AuditPort } from '#src/store/ports/audit.ts'
import type { Database } from './database.ts'

type Row = {
  sequence: number
  at: number
  type: string
  account_id: string | null
  client_id: string | null
  data: string
}

const toEvent = (row: Row): AuditEvent & { sequence: number } => ({
  sequence: row.sequence,
  at: row.at,
  type: row.type,
  ...(row.account_id !== null && { accountId: row.account_id }),
  ...(row.client_id !== null && { clientId: row.client_id }),
  data: JSON.parse(row.data) as Json,
})

/** Appends events within the caller's transaction: what is decided and the record of it are committed together. */
export const prepareAppend = (db: Database): ((events: readonly AuditEvent[]) => void) => {
  const insert = db.prepare('INSERT INTO audit_events (at, type, account_id, client_id, data) VALUES (?, ?, ?, ?, ?)')
  return events => {
    for (const event of events) {
      insert.run(event.at, event.type, event.accountId ?? null, event.clientId ?? null, JSON.stringify(event.data))
    }
  }
}

/** The audit trail on SQLite. */
export const createAudit = (db: Database): AuditPort => {
  const appendAll = prepareAppend(db)
  const columns = 'sequence, at, type, account_id, client_id, data'
  const page = db.prepare<Row>(`SELECT ${columns} FROM audit_events WHERE sequence > ? ORDER BY sequence LIMIT ?`)
  const pageOfAccount = db.prepare<Row>(
    `SELECT ${columns} FROM audit_events WHERE account_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  )

  return {
    append: async events => db.transaction(() => appendAll(events)),

    list: async ({ after, limit, accountId }) => {
      const rows = accountId === undefined ? page.all(after, limit) : pageOfAccount.all(accountId, after, limit)
      return rows.map(toEvent)
    },
  }
}
