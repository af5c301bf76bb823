import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { accountKeyName } from '#src/store/ports/data-keys.ts'
import type { ErasuresPort } from '#src/store/ports/erasures.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = { account_id: AccountId; erased_at: number }

/** The ledger of erased accounts on SQLite. */
export const createErasures = (db: Database): ErasuresPort => {
  const page = db.prepare<Row>(
    'SELECT account_id, erased_at FROM erasures WHERE account_id > ? ORDER BY account_id LIMIT ?',
  )
  return {
    list: async ({ after, limit }) =>
      page.all(after, limit).map(row => ({ accountId: row.account_id, erasedAt: row.erased_at })),
  }
}

/** Erases accounts; what refers to an account goes before it. Deleted data keys are overwritten in the file at once. */
export const prepareErase = (db: Database): AccountsPort['erase'] => {
  db.exec('PRAGMA secure_delete = ON')
  const append = prepareAppend(db)
  const removals = [
    'DELETE FROM customer_links WHERE account_id = ?',
    'DELETE FROM identities WHERE account_id = ?',
    'DELETE FROM consents WHERE account_id = ?',
  ].map(sql => db.prepare(sql))
  const removeKey = db.prepare('DELETE FROM data_keys WHERE name = ?')
  const removeAccount = db.prepare('DELETE FROM accounts WHERE id = ?')
  const note = db.prepare('INSERT INTO erasures (account_id, erased_at) VALUES (?, ?) ON CONFLICT DO NOTHING')

  return async ({ id, erasedAt, events }) =>
    db.transaction(() => {
      for (const removal of removals) removal.run(id)
      removeKey.run(accountKeyName(id))
      const existed = removeAccount.run(id) === 1
      note.run(id, erasedAt)
      append(events)
      return existed
    })
}
