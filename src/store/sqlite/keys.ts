import type { KeysPort } from '#src/store/ports/keys.ts'
import type { Database } from './database.ts'

/** Shared secrets and key sets on SQLite. */
export const createKeys = (db: Database): KeysPort => {
  const select = db.prepare<{ value: string }>('SELECT value FROM keys WHERE name = ?')
  const selectNames = db.prepare<{ name: string }>(
    'SELECT name FROM keys WHERE name >= :prefix AND substr(name, 1, length(:prefix)) = :prefix',
  )
  const insert = db.prepare('INSERT INTO keys (name, value) VALUES (?, ?)')
  const update = db.prepare('UPDATE keys SET value = ? WHERE name = ? AND value = ?')

  return {
    find: async name => select.get(name)?.value,

    names: async prefix => selectNames.all({ prefix }).map(({ name }) => name),

    putIfAbsent: async (name, value) =>
      db.transaction(() => {
        const stored = select.get(name)
        if (stored !== undefined) return stored.value
        insert.run(name, value)
        return value
      }),

    replace: async (name, expected, value) => db.transaction(() => update.run(value, name, expected) === 1),
  }
}
