import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import type { Database } from './database.ts'

/** Wrapped data keys on SQLite. */
export const createDataKeys = (db: Database): DataKeysPort => {
  const select = db.prepare<{ wrapped: string }>('SELECT wrapped FROM data_keys WHERE name = ?')
  const selectOfAccounts = db.prepare<{ id: string; wrapped: string }>(
    `SELECT id, data_key AS wrapped FROM accounts
     WHERE id IN (SELECT value FROM json_each(?)) AND data_key IS NOT NULL`,
  )
  const insert = db.prepare('INSERT INTO data_keys (name, wrapped) VALUES (?, ?)')
  const swap = db.prepare('UPDATE data_keys SET wrapped = ? WHERE name = ? AND wrapped = ?')

  return {
    find: async name => select.get(name)?.wrapped,

    ofAccounts: async ids => new Map(selectOfAccounts.all(JSON.stringify(ids)).map(({ id, wrapped }) => [id, wrapped])),

    putIfAbsent: async (name, wrapped) =>
      db.transaction(() => {
        const stored = select.get(name)
        if (stored !== undefined) return stored.wrapped
        insert.run(name, wrapped)
        return wrapped
      }),

    replace: async (name, from, to) => swap.run(to, name, from) === 1,
  }
}
