import type { Clock } from '#src/kernel/runtime.ts'
import { connect, createClient } from '#src/store/mongo/connection/client.ts'
import { CALL_MS, type Connection, createConnection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { toPiasError } from '#src/store/mongo/connection/failures.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import { createAccounts } from './accounts.ts'
import { createAppend, createAudit } from './audit.ts'
import type { MongoConfig } from './config.ts'
import { createCustomers } from './customers.ts'
import { collectionsOf } from './documents.ts'
import { createGrants } from './grants.ts'
import { createKeys } from './keys.ts'
import { migrateUp, readMigrations, requireMigrated } from './schema/migrate.ts'
import { createSequence } from './sequence.ts'

/** How long to wait while another node migrates the same database. */
const MIGRATION_WAIT_MS = 60_000

/** The durable half of a store. `ping` rejects with `store.unavailable` when a write would fail; `close` ends it. */
export type MongoStore = DurableStore & {
  ping(): Promise<void>
  close(): Promise<void>
}

/** Two clients of one database: `login` is bounded in everything, `bulk` has time. Nothing is connected yet. */
export const openConnections = ({ url, database }: MongoConfig) => {
  const [login, bulk] = [createClient(url, 'login'), createClient(url, 'bulk')]
  return {
    login: createConnection(login, database, CALL_MS.login),
    bulk: createConnection(bulk, database, CALL_MS.bulk),
    connect: () => connect(login),
  }
}

const createPing = ({ db, run }: Connection) => {
  const { health } = collectionsOf(db)
  return () =>
    run(async () => {
      await health.updateOne({ _id: { $eq: 'ping' } }, { $inc: { pings: 1 } }, { ...LIMIT, upsert: true })
    })
}

/**
 * Opens the durable store on MongoDB 6+.
 * @param input.migrate brings the database to this version's schema; without it, one that is behind is refused
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const openMongoStore = async (input: MongoConfig & { clock: Clock; migrate?: boolean }): Promise<MongoStore> => {
  const { clock, migrate = false, ...config } = input
  const { login, bulk, connect } = openConnections(config)
  const close = async () => {
    await Promise.all([login.close(), bulk.close()])
  }
  try {
    await connect()
    if (migrate) await migrateUp(bulk.db, { waitMs: MIGRATION_WAIT_MS })
    requireMigrated(await readMigrations(bulk.db))
  } catch (error) {
    await close()
    throw toPiasError(error)
  }
  const collections = collectionsOf(login.db)
  const nextSequence = createSequence(clock)
  return {
    accounts: createAccounts(login, collections, createAppend(collections, nextSequence)),
    audit: createAudit(login, collections, nextSequence),
    customers: createCustomers(login, collections, { connection: bulk, collections: collectionsOf(bulk.db) }),
    keys: createKeys(login, collections),
    grants: createGrants(login, collections, clock),
    ping: createPing(login),
    close,
  }
}
