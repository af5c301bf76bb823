import { z } from 'zod'
import type { Clock } from '#src/kernel/runtime.ts'
import { mongoConfigSchema } from '#src/store/mongo/config.ts'
import type { MigrationsPort } from '#src/store/ports/migrations.ts'
import type { DurableStore, ExpiringStore, Store } from '#src/store/ports/store.ts'
import { redisConfigSchema } from '#src/store/redis/config.ts'
import { sqliteConfigSchema } from '#src/store/sqlite/config.ts'

/**
 * What every store is given. `dataDir` is the node's data directory, for stores that keep files. `migrate` lets a store
 * change a database that is shared by many nodes; without it, one that is behind is refused. `node` says that a node
 * opens it, not a command: a store that is for one node refuses a second, one on servers has its connections when it is
 * open. `bulk` says that millions of records are about to be written.
 */
export type StoreDeps = {
  readonly clock: Clock
  readonly dataDir?: string
  readonly migrate?: boolean
  readonly node?: boolean
  readonly bulk?: boolean
}

type Backend<Schema extends z.ZodObject> = {
  readonly schema: Schema
  /** Loads the backend's code and driver on first use: what is not configured is never imported. */
  readonly load: () => Promise<(input: StoreDeps & z.output<Schema>) => Promise<Store>>
}

/** Ties a backend's configuration to its opening, so that the map below stays typed without naming every kind twice. */
const backend = <Schema extends z.ZodObject>({ schema, load }: Backend<Schema>) => ({
  schema,
  open: async (config: unknown, deps: StoreDeps): Promise<Store> => {
    const open = await load()
    return open({ ...deps, ...schema.parse(config) })
  },
})

type Half<Ports> = Ports & Pick<Store, 'ping' | 'close'>

/** One store of two halves; when the second cannot be opened, the first is closed again. */
const openHalves = async (
  openDurable: () => Promise<Half<DurableStore>>,
  openExpiring: () => Promise<Half<ExpiringStore>>,
): Promise<Store> => {
  const durable = await openDurable()
  const expiring = await openExpiring().catch(async error => {
    await durable.close()
    throw error
  })
  return {
    ...durable,
    ...expiring,
    ping: async () => {
      await Promise.all([durable.ping(), expiring.ping()])
    },
    close: async () => {
      await Promise.all([durable.close(), expiring.close()])
    },
  }
}

/** Every kind of store; another one is a folder beside `sqlite/` and a line here. */
const BACKENDS = {
  sqlite: backend({
    schema: sqliteConfigSchema,
    load: async () => (await import('#src/store/sqlite/open.ts')).openSqliteStore,
  }),
  'mongo-redis': backend({
    schema: z.strictObject({ kind: z.literal('mongo-redis'), mongo: mongoConfigSchema, redis: redisConfigSchema }),
    load: async () => {
      const { openMongoStore } = await import('#src/store/mongo/open.ts')
      const { openRedisStore } = await import('#src/store/redis/open.ts')
      return ({ mongo, redis, clock, migrate = false, node = false, bulk = false }) =>
        openHalves(
          () => openMongoStore({ ...mongo, clock, migrate, node, bulk }),
          () => openRedisStore({ ...redis, clock }),
        )
    },
  }),
}

type Kind = keyof typeof BACKENDS
type Schema = (typeof BACKENDS)[Kind]['schema']

/** Configuration of the store: the schemas of all backends, told apart by `kind`. */
export const storeConfigSchema = z.discriminatedUnion(
  'kind',
  Object.values(BACKENDS).map(({ schema }) => schema) as [Schema, ...Schema[]],
)

/** A store's configuration, by `kind`. */
export type StoreConfig = z.output<typeof storeConfigSchema>

/**
 * Opens the configured store.
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const openStore = (config: StoreConfig, deps: StoreDeps): Promise<Store> =>
  BACKENDS[config.kind].open(config, deps)

/**
 * The migrations of the configured store; undefined for one that brings itself up to date whenever it is opened.
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const openMigrations = async (
  config: StoreConfig,
  clock: Clock,
): Promise<(MigrationsPort & { close(): Promise<void> }) | undefined> => {
  if (config.kind !== 'mongo-redis') return undefined
  const { openMongoMigrations } = await import('#src/store/mongo/open.ts')
  return openMongoMigrations(config.mongo, clock)
}
