import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { mongoConfigSchema } from '#src/store/mongo/config.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import type { StoreConfig } from './registry.ts'

const MONGO = /^mongodb(\+srv)?:\/\//

/** The database that the path of a URL names, and the URL without it. */
const splitMongoUrl = (text: string): { url: string; database?: string } => {
  const [, begin = text, database = '', rest = ''] = /^(mongodb(?:\+srv)?:\/\/[^/]+\/)([^?]*)(.*)$/.exec(text) ?? []
  return database === '' ? { url: text } : { url: begin + rest, database }
}

/** The MongoDB that holds a copy; undefined where it is in a file of the embedded store. */
const mongoOf = (place: string | undefined, config: StoreConfig): object | undefined => {
  if (place === undefined) return config.kind === 'mongo-redis' ? config.mongo : undefined
  return MONGO.test(place) ? splitMongoUrl(place) : undefined
}

/** A durable store as it is stored. `integrity` reports what the database itself finds wrong. */
export type StoredCopy = DurableStore & { integrity(): Promise<readonly string[]>; close(): Promise<void> }

/**
 * Opens the durable half of a copy: of the SQLite file or directory, or of the MongoDB, that `place` names; of the
 * configured store without it.
 * @throws PiasError `store.unusable` or `config.invalid` with one line that says what to do
 */
export const openCopy = async (
  place: string | undefined,
  config: StoreConfig,
  deps: { clock: Clock; dataDir: string },
): Promise<StoredCopy> => {
  const mongo = mongoOf(place, config)
  if (mongo !== undefined) {
    const { openMongoCopy } = await import('#src/store/mongo/open.ts')
    const parsed = mongoConfigSchema.safeParse(mongo)
    if (!parsed.success) throw new PiasError('config.invalid', `the URL ${parsed.error.issues[0]?.message}`)
    return openMongoCopy(parsed.data, deps.clock)
  }
  const { openSqliteCopy } = await import('#src/store/sqlite/copy.ts')
  const dataDir = (config.kind === 'sqlite' ? config.dataDir : undefined) ?? deps.dataDir
  return openSqliteCopy(place ?? dataDir, deps.clock)
}

/**
 * Writes a copy of the durable half of the embedded store into a new file, while a node runs.
 * @returns false for a store that has tools of its own
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const backUpStore = async (
  file: string,
  config: StoreConfig,
  deps: { clock: Clock; dataDir: string },
): Promise<boolean> => {
  if (config.kind !== 'sqlite') return false
  const { backUpSqlite } = await import('#src/store/sqlite/copy.ts')
  await backUpSqlite(config.dataDir ?? deps.dataDir, file, deps.clock)
  return true
}
