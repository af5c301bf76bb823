import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ErasuresPort } from '#src/store/ports/erasures.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = { account_id: AccountId; erased_at: number }

/** The ledger of erased accounts, and the erasures that were asked for, on SQLite. */
export const createErasures = (db: Database): ErasuresPort => {
  const page = db.prepare<Row>(
    'SELECT account_id, erased_at FROM erasures WHERE account_id > ? ORDER BY account_id LIMIT ?',
  )
  const request = db.prepare('INSERT INTO erasure_requests (account_id, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const withdraw = db.prepare('DELETE FROM erasure_requests WHERE account_id = ?')
  const find = db.prepare<{ due_at: number }>('SELECT due_at FROM erasure_requests WHERE account_id = ?')
  const due = db.prepare<{ account_id: AccountId }>(
    'SELECT account_id FROM erasure_requests WHERE due_at <= ? ORDER BY due_at LIMIT ?',
  )
  return {
    request: async (accountId, dueAt) => {
      request.run(accountId, dueAt)
      return find.get(accountId)?.due_at ?? dueAt
    },
    withdraw: async accountId => withdraw.run(accountId) === 1,
    requested: async accountId => find.get(accountId)?.due_at,
    due: async ({ now, limit }) => due.all(now, limit).map(row => row.account_id),
    list: async ({ after, limit }) =>
      page.all(after, limit).map(row => ({ accountId: row.account_id, erasedAt: row.erased_at })),
  }
}

/** Erases accounts; what refers to an account goes before it. Its data key is overwritten in the file at once. */
export const prepareErase = (db: Database): AccountsPort['erase'] => {
  db.exec('PRAGMA secure_delete = ON')
  const append = prepareAppend(db)
  const removals = [
    'DELETE FROM customer_links WHERE account_id = ?',
    'DELETE FROM identities WHERE account_id = ?',
    'DELETE FROM consents WHERE account_id = ?',
    'DELETE FROM erasure_requests WHERE account_id = ?',
    'DELETE FROM reviews WHERE account_id = ?',
    'DELETE FROM credentials WHERE account_id = ?',
    'DELETE FROM names WHERE account_id = ?',
    'DELETE FROM passkeys WHERE account_id = ?',
  ].map(sql => db.prepare(sql))
  const removeAccount = db.prepare('DELETE FROM accounts WHERE id = ?')
  const note = db.prepare('INSERT INTO erasures (account_id, erased_at) VALUES (?, ?) ON CONFLICT DO NOTHING')

  return async ({ id, erasedAt, events }) =>
    db.transaction(() => {
      for (const removal of removals) removal.run(id)
      const existed = removeAccount.run(id) === 1
      note.run(id, erasedAt)
      append(events)
      return existed
    })
}
