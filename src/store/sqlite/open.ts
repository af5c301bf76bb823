import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { DurableStore, ExpiringStore, Store } from '#src/store/ports/store.ts'
import { createAccounts } from './accounts.ts'
import { createArtifacts } from './artifacts.ts'
import { createAttempts } from './attempts.ts'
import { createAudit } from './audit.ts'
import { createAuditChain } from './audit-chain.ts'
import { claimNode } from './claim-node.ts'
import { createClients } from './clients.ts'
import { createConsents } from './consents.ts'
import { createCredentials } from './credentials.ts'
import { createCustomers } from './customers.ts'
import { createDataKeys } from './data-keys.ts'
import { type Database, openDatabase } from './database.ts'
import { createErasures } from './erasures.ts'
import { createFunnel } from './funnel.ts'
import { createGrants } from './grants.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import { createKeys } from './keys.ts'
import { createLimits } from './limits.ts'
import { createLinkChanges } from './link-changes.ts'
import { createLogouts } from './logouts.ts'
import { createMessages } from './messages.ts'
import { type Migrations, migrate, noteMigrated } from './migrate.ts'
import { createPasskeys } from './passkeys.ts'
import { createReviews } from './reviews.ts'
import { createRollouts } from './rollouts.ts'
import { DURABLE_MIGRATIONS, EXPIRING_MIGRATIONS } from './schema.ts'
import { resultCodeOf, SQLITE_BUSY, unusable } from './unusable.ts'

/** How long a write waits while another process writes to the same file. */
const BUSY_TIMEOUT_MS = 5000
const RETRY_MS = 20

type FileOptions = { synchronous: 'FULL' | 'NORMAL'; migrations: Migrations; bulk?: boolean; trail?: Clock }

/** Opens one file with its ports, each of which prepares its statements now. */
const openFile = <Ports>(
  path: string,
  options: FileOptions,
  createPorts: (db: Database, commits: GroupCommit) => Ports,
) => {
  let db: Database | undefined
  try {
    // SQLite would make the file readable for all; its -wal and -shm files take over the mode of this one.
    closeSync(openSync(path, 'a', 0o600))
    db = openDatabase(path, { ...options, busyTimeoutMs: BUSY_TIMEOUT_MS })
    // Where the trail is, it says so.
    migrate(db, options.migrations, options.trail && noteMigrated(db, options.trail))
    const write = db.prepare('UPDATE health SET pings = pings + 1')
    const commits = createGroupCommit(db)
    const { close } = db
    return {
      db,
      ports: createPorts(db, commits),
      ping: () => write.run(),
      close: () => {
        commits.close()
        close()
      },
    }
  } catch (error) {
    db?.close()
    throw error
  }
}

/**
 * Opens a file though other processes may open or close it at the same moment: then SQLite answers "busy" at once,
 * without its busy timeout (https://www.sqlite.org/wal.html, "Sometimes queries return SQLITE_BUSY").
 */
const openPatiently = async <Ports>(
  path: string,
  options: FileOptions,
  createPorts: (db: Database, commits: GroupCommit) => Ports,
) => {
  const deadline = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return openFile(path, options, createPorts)
    } catch (error) {
      if (resultCodeOf(error) !== SQLITE_BUSY || performance.now() > deadline) throw unusable(path, error)
    }
    await sleep(RETRY_MS)
  }
}

const createDurablePorts = (db: Database, commits: GroupCommit, clock: Clock): DurableStore => ({
  accounts: createAccounts(db),
  audit: createAudit(db),
  auditChain: createAuditChain(db),
  customers: createCustomers(db),
  keys: createKeys(db),
  dataKeys: createDataKeys(db),
  erasures: createErasures(db),
  consents: createConsents(db),
  linkChanges: createLinkChanges(db),
  credentials: createCredentials(db),
  passkeys: createPasskeys(db),
  logouts: createLogouts(db),
  clients: createClients(db),
  rollouts: createRollouts(db),
  funnel: createFunnel(db),
  grants: createGrants(db, commits, clock),
  messages: createMessages(db),
  reviews: createReviews(db),
})

const createExpiringPorts = (db: Database, commits: GroupCommit, clock: Clock): ExpiringStore => ({
  artifacts: createArtifacts(db, commits, clock),
  attempts: createAttempts(db, commits, clock),
  limits: createLimits(db, clock),
})

/** The file of what lasts. */
export const DURABLE_FILE = 'durable.db'

/** Opens the file of what lasts with its ports. @throws PiasError `store.unusable` with one line that says what to do */
export const openDurableFile = (file: string, clock: Clock, bulk = false) =>
  openPatiently(file, { synchronous: 'FULL', migrations: DURABLE_MIGRATIONS, bulk, trail: clock }, (db, commits) =>
    createDurablePorts(db, commits, clock),
  )

/** Both files with their ports; when the second cannot be opened, the first is closed again. */
const openFiles = async (dataDir: string, clock: Clock, bulk: boolean): Promise<Store> => {
  const durable = await openDurableFile(join(dataDir, DURABLE_FILE), clock, bulk)
  // NORMAL, not OFF: both survive a crash of the process, but OFF may leave a damaged file after a power cut.
  const expiring = await openPatiently(
    join(dataDir, 'expiring.db'),
    { synchronous: 'NORMAL', migrations: EXPIRING_MIGRATIONS },
    (db, commits) => createExpiringPorts(db, commits, clock),
  ).catch(error => {
    durable.close()
    throw error
  })
  return {
    ...durable.ports,
    ...expiring.ports,
    ping: async () => {
      durable.ping()
      expiring.ping()
    },
    close: async () => {
      durable.close()
      expiring.close()
    },
  }
}

/**
 * Opens the embedded store: `durable.db` and `expiring.db` in `dataDir`, made for this user only when missing, and
 * brought to this version's schema. Several processes may have it open, of which one may be a node (`input.node`).
 * @throws PiasError `store.unusable` with one line naming the path and what to do
 */
export const openSqliteStore = async (input: {
  dataDir?: string
  clock: Clock
  node?: boolean
  bulk?: boolean
}): Promise<Store> => {
  const { dataDir, clock, node = false, bulk = false } = input
  if (dataDir === undefined) throw new PiasError('store.unusable', 'the sqlite store has no data directory: set one')
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw unusable(dataDir, error)
  }
  const store = await openFiles(dataDir, clock, bulk)
  if (!node) return store
  try {
    const release = claimNode(join(dataDir, 'node.lock'))
    return { ...store, close: () => store.close().then(release) }
  } catch (error) {
    await store.close()
    throw error
  }
}
