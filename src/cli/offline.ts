import type { Config } from '#src/config/schema.ts'
import type { RecordForm } from '#src/customers/snapshot/stored-customer.ts'
import { blockingKeys, terms } from '#src/matching/blocking.ts'
import { NORMALISER_VERSION, toComparablePerson } from '#src/matching/normalise.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore } from '#src/store/registry.ts'
import type { Terminal } from './terminal.ts'

/** How customer records are written: by the normaliser and the blocking keys that logins are matched with. */
export const recordForm: RecordForm = {
  toComparablePerson,
  blockingKeys,
  terms,
  normaliserVersion: NORMALISER_VERSION,
}

const openConfigured = (terminal: Terminal, dataDir: string): Promise<Store> => {
  const config = terminal.loadConfig()
  const development = config.environment === 'development'
  const deps = { clock: terminal.clock, dataDir: config.dataDir, migrate: development, makeKek: development }
  if (dataDir === terminal.defaultDataDir) return openEncryptedStore(config, deps)
  return openEncryptedStore({ store: { kind: 'sqlite', dataDir }, kek: config.kek }, { ...deps, dataDir })
}

const runAndClose = async <T>(store: Store, run: (store: Store) => Promise<T>): Promise<T> => {
  try {
    return await run(store)
  } finally {
    await store.close()
  }
}

/** Runs a command on the configured store as it is, for what is about its keys; what else is in it is encrypted. */
export const withRawStore = async <T>(
  terminal: Terminal,
  run: (store: Store, config: Config) => Promise<T>,
): Promise<T> => {
  const config = terminal.loadConfig()
  const store = await openStore(config.store, { clock: terminal.clock, dataDir: config.dataDir })
  return runAndClose(store, opened => run(opened, config))
}

/**
 * Runs a command on the store a node would run on here, and closes it, whatever happens. Where a data directory was
 * named, that is the embedded store in it.
 * @throws `store.unusable` or `store.unavailable` when it cannot be opened; `config.*` when nothing says where it is
 */
export const withStore = async <T>(
  { terminal, dataDir }: { terminal: Terminal; dataDir: string },
  run: (store: Store) => Promise<T>,
): Promise<T> => runAndClose(await openConfigured(terminal, dataDir), run)
