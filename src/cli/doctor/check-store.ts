import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openMigrations } from '#src/store/registry.ts'
import { type Check, fine, wrong } from './finding.ts'

const UNSEALED_MS = 60_000

/** Whether the store takes writes, has the schema of this version, and its audit trail is sealed. */
export const checkStore = (store: Store, config: Config, clock: Clock): readonly Check[] => [
  { what: 'store takes writes', run: async () => store.ping().then(() => fine(config.store.kind)) },
  {
    what: 'schema and indexes',
    run: async () => {
      const migrations = await openMigrations(config.store, clock)
      if (migrations === undefined) return fine('kept by the store itself')
      try {
        const open = (await migrations.list()).filter(({ state }) => state !== 'done')
        if (open.length > 0) return wrong(`${open.length} migrations are open`, 'run pias migrate up')
        const missing = await migrations.missingIndexes()
        return missing.length === 0
          ? fine('up to date, every index is there')
          : wrong(`${missing.length} indexes are missing or not as they should be`, `run ${missing.join('; ')}`)
      } finally {
        await migrations.close()
      }
    },
  },
  {
    what: 'audit trail is sealed',
    run: async () => {
      const [oldest] = await store.auditChain.unsealed(1)
      const isLate = oldest !== undefined && clock() - oldest.at > UNSEALED_MS
      return isLate ? wrong(`not since ${new Date(oldest.at).toISOString()}`, 'start a node') : fine('within a minute')
    },
  },
]
