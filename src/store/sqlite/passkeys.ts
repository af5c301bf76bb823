import type { AccountId } from '#src/kernel/identity.ts'
import type { PasskeysPort, StoredPasskey } from '#src/store/ports/passkeys.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = {
  id: string
  account_id: AccountId
  document: string
  counter: number
  created_at: number
  used_at: number | null
}

const toPasskey = (row: Row): StoredPasskey => ({
  id: row.id,
  accountId: row.account_id,
  document: row.document,
  counter: row.counter,
  createdAt: row.created_at,
  ...(row.used_at !== null && { usedAt: row.used_at }),
})

/** Passkeys on SQLite; those of an account go with it (erasures.ts). */
export const createPasskeys = (db: Database): PasskeysPort => {
  const append = prepareAppend(db)
  const account = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM accounts WHERE id = ? AND (logins_not_before IS NULL OR logins_not_before <= ?)',
  )
  const count = db.prepare<{ held: number }>('SELECT count(*) AS held FROM passkeys WHERE account_id = ?')
  const insert = db.prepare(
    `INSERT INTO passkeys (id, account_id, document, counter, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = db.prepare<Row>('SELECT * FROM passkeys WHERE id = ?')
  const selectAll = db.prepare<Row>('SELECT * FROM passkeys WHERE account_id = ? ORDER BY created_at, id')
  const use = db.prepare('UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ? AND counter = ?')
  const remove = db.prepare('DELETE FROM passkeys WHERE id = ? AND account_id = ?')

  return {
    add: async ({ id, accountId, document, counter, createdAt }, { most, loggedInAt }, events) =>
      db.transaction(() => {
        if (account.get(accountId, loggedInAt) === undefined) return 'gone'
        if ((count.get(accountId)?.held ?? 0) >= most) return 'full'
        if (insert.run(id, accountId, document, counter, createdAt) === 0) return 'taken'
        append(events)
        return 'added'
      }),

    find: async id => {
      const row = select.get(id)
      return row && toPasskey(row)
    },

    list: async accountId => selectAll.all(accountId).map(toPasskey),

    use: async ({ id, from, to, at }) => use.run(to, at, id, from) === 1,

    remove: async ({ accountId, id, events }) =>
      db.transaction(() => {
        if (remove.run(id, accountId) === 0) return false
        append(events)
        return true
      }),
  }
}
