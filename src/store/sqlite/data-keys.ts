import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import type { Database } from './database.ts'

/** Wrapped data keys on SQLite. */
export const createDataKeys = (db: Database): DataKeysPort => {
  const select = db.prepare<{ wrapped: string }>('SELECT wrapped FROM data_keys WHERE name = ?')
  const selectMany = db.prepare<{ name: string; wrapped: string }>(
    'SELECT name, wrapped FROM data_keys WHERE name IN (SELECT value FROM json_each(?))',
  )
  const insert = db.prepare('INSERT INTO data_keys (name, wrapped) VALUES (?, ?)')
  const swap = db.prepare('UPDATE data_keys SET wrapped = ? WHERE name = ? AND wrapped = ?')

  return {
    find: async name => select.get(name)?.wrapped,

    findMany: async names => new Map(selectMany.all(JSON.stringify(names)).map(({ name, wrapped }) => [name, wrapped])),

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
