import type { Clock } from '#src/kernel/runtime.ts'
import { connect, createClient, warmUp } from '#src/store/mongo/connection/client.ts'
import { CALL_MS, type Connection, createConnection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import type { MigrationsPort } from '#src/store/ports/migrations.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import { createAccounts } from './accounts.ts'
import { createAppend, createAudit } from './audit.ts'
import { createAuditChain } from './audit-chain.ts'
import { createBind } from './bind.ts'
import { createClients } from './clients.ts'
import type { MongoConfig } from './config.ts'
import { createConsents } from './consents.ts'
import { createCredentials } from './credentials.ts'
import { createCustomers } from './customers.ts'
import { createDataKeys } from './data-keys.ts'
import { collectionsOf } from './documents.ts'
import { createErase, createErasures } from './erasures.ts'
import { createFunnel } from './funnel.ts'
import { createGrants } from './grants.ts'
import { createImportMany } from './import-accounts.ts'
import { createKeys } from './keys.ts'
import { createLinkChanges } from './link-changes.ts'
import { createLogouts } from './logouts.ts'
import { createMessages } from './messages.ts'
import { createMigrations } from './migrations.ts'
import { createPasskeys } from './passkeys.ts'
import { createReviews } from './reviews.ts'
import { createRollouts } from './rollouts.ts'
import { requireMigrated } from './schema/migrate.ts'
import { createSequence } from './sequence.ts'
import { createSurvey } from './survey.ts'

/** The durable half of a store. `ping` rejects with `store.unavailable` when a write would fail; `close` ends it. */
export type MongoStore = DurableStore & {
  ping(): Promise<void>
  close(): Promise<void>
}

/** Connections that are there before a node answers anybody: a burst of logins makes none while people wait. */
const NODE_POOL = 10

/** Connects two clients to one database: `login` is bounded in everything unless it may be patient, `bulk` has time. */
const openConnections = async ({ url, database }: MongoConfig, patient: boolean, leastPool = 0) => {
  const use = patient ? 'bulk' : 'login'
  const clients = { login: createClient(url, use, leastPool), bulk: createClient(url, 'bulk') }
  const login = createConnection(clients.login, database, CALL_MS[use])
  const bulk = createConnection(clients.bulk, database, CALL_MS.bulk)
  const close = async () => {
    await Promise.all([login.close(), bulk.close()])
  }
  try {
    // The one that may wait for its first connection.
    await connect(clients.bulk)
    if (!patient) await warmUp(clients.login)
  } catch (error) {
    await close()
    throw error
  }
  return { login, bulk, close }
}

/**
 * Opens the migrations of a database, whatever state it is in.
 * @throws PiasError `store.unusable` with one line that says what to do; `store.unavailable` where nobody answers
 */
export const openMongoMigrations = async (
  config: MongoConfig,
  clock: Clock,
): Promise<MigrationsPort & { close(): Promise<void> }> => {
  const { bulk, close } = await openConnections(config, true)
  return { ...createMigrations(bulk, clock), close }
}

/** A MongoDB database as a copy that is looked at; it keeps itself whole, so there is nothing it finds by itself. */
export const openMongoCopy = async (config: MongoConfig, clock: Clock) => ({
  ...(await openMongoStore({ ...config, clock })),
  integrity: async (): Promise<readonly string[]> => [],
})

const createPing = ({ db, run }: Connection) => {
  const { health } = collectionsOf(db)
  return () =>
    run(async () => {
      await health.updateOne({ _id: { $eq: 'ping' } }, { $inc: { pings: 1 } }, { ...LIMIT, upsert: true })
    })
}

/**
 * Opens the durable store on MongoDB 6+.
 * @param input.node for people who log in: it has its connections before it answers
 * @param input.bulk for an import, in which nobody waits for an answer
 * @param input.migrate brings the database to this version's schema; without it, one that is behind is refused
 * @throws PiasError `store.unusable` with one line that says what to do; `store.unavailable` where nobody answers
 */
export const openMongoStore = async (
  input: MongoConfig & { clock: Clock; migrate?: boolean; node?: boolean; bulk?: boolean },
): Promise<MongoStore> => {
  const { clock, migrate = false, node = false, bulk: patient = false, ...config } = input
  const { login, bulk, close } = await openConnections(config, patient, node ? NODE_POOL : 0)
  const migrations = createMigrations(bulk, clock)
  try {
    if (migrate) await migrations.apply(undefined, () => undefined)
    requireMigrated(await migrations.list())
  } catch (error) {
    await close()
    throw error
  }
  const collections = collectionsOf(login.db)
  const inBulk = collectionsOf(bulk.db)
  const nextSequence = createSequence(clock)
  const append = createAppend(collections, nextSequence)
  const appendInBulk = createAppend(inBulk, nextSequence)
  return {
    accounts: {
      ...createAccounts(login, collections, append),
      ...createSurvey(bulk, inBulk),
      erase: createErase(bulk, inBulk, appendInBulk),
    },
    audit: createAudit(login, collections, append),
    auditChain: createAuditChain(bulk, inBulk),
    customers: createCustomers(login, collections, { connection: bulk, collections: inBulk }),
    keys: createKeys(login, collections),
    dataKeys: createDataKeys(login, collections),
    erasures: createErasures(login, collections),
    consents: createConsents(login, collections),
    linkChanges: createLinkChanges(bulk, inBulk, appendInBulk),
    credentials: {
      ...createCredentials(login, collections, append),
      importMany: createImportMany(bulk, inBulk, appendInBulk),
      bind: createBind(login, collections, append),
    },
    passkeys: createPasskeys(login, collections, append),
    logouts: createLogouts(login, collections),
    clients: createClients(login, collections, append),
    rollouts: createRollouts(login, collections, append),
    funnel: createFunnel(login, collections),
    messages: createMessages(login, collections),
    reviews: createReviews(login, collections, append),
    grants: createGrants(login, collections, clock),
    ping: createPing(login),
    close,
  }
}
