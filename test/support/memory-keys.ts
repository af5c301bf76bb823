import type { KeysPort } from '#src/store/ports/keys.ts'
import { openDatabase } from '#src/store/sqlite/database.ts'
import { createKeys } from '#src/store/sqlite/keys.ts'
import { migrate } from '#src/store/sqlite/migrate.ts'
import { DURABLE_MIGRATIONS } from '#src/store/sqlite/schema.ts'

/** The keys port, kept in memory by the embedded store. */
export const memoryKeys = (): KeysPort => {
  const database = openDatabase(':memory:', { synchronous: 'NORMAL', busyTimeoutMs: 0 })
  migrate(database, DURABLE_MIGRATIONS)
  return createKeys(database)
}
