import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import {
  type EncryptedStoreConfig,
  type EncryptedStoreDeps,
  type FeedStore,
  openEncryptedStore,
  openFeedStore,
} from '#src/store/encrypted/open-encrypted-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore } from '#src/store/registry.ts'
import type { Terminal } from './terminal.ts'

/** How the store of a command is opened, as plain data, which a thread can be given: all but the clock. */
export type StorePlan = {
  readonly config: EncryptedStoreConfig
  readonly deps: Omit<EncryptedStoreDeps, 'clock' | 'onKekTrouble'>
  /** In which form records are written; see `recordFormOf`. */
  readonly form: { readonly nationalNumber: boolean }
}

/** The configured store; the embedded one of `dataDir` where that is another than the default. */
export const planStore = (terminal: Pick<Terminal, 'loadConfig' | 'defaultDataDir'>, dataDir: string): StorePlan => {
  const { environment, store, kek, matching, dataDir: configured } = terminal.loadConfig()
  const development = environment === 'development'
  const deps = { dataDir: configured, migrate: development, makeKek: development }
  const form = { nationalNumber: matching.nationalNumber }
  if (dataDir === terminal.defaultDataDir) return { config: { store, kek }, deps, form }
  return { config: { store: { kind: 'sqlite', dataDir }, kek }, deps: { ...deps, dataDir }, form }
}

const runAndClose = async <T>(store: Store, run: (store: Store) => Promise<T>): Promise<T> => {
  try {
    return await run(store)
  } finally {
    await store.close()
  }
}

/** Runs something on the store of a plan, and closes it, whatever happens. @throws as {@link withStore} */
export const withPlannedStore = async <T>(
  { config, deps }: StorePlan,
  clock: Clock,
  run: (store: Store) => Promise<T>,
): Promise<T> => runAndClose(await openEncryptedStore(config, { ...deps, clock }), run)

/** Runs an import on the store of a plan, and closes it, whatever happens. @throws as {@link withStore} */
export const withFeedStore = async <T>(
  { config, deps }: StorePlan,
  clock: Clock,
  run: (feed: FeedStore) => Promise<T>,
): Promise<T> => {
  const feed = await openFeedStore(config, { ...deps, clock })
  return runAndClose(feed.store, () => run(feed))
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
export const withStore = <T>(
  { terminal, dataDir = terminal.defaultDataDir }: { terminal: Terminal; dataDir?: string },
  run: (store: Store) => Promise<T>,
): Promise<T> => withPlannedStore(planStore(terminal, dataDir), terminal.clock, run)

/** What {@link withStore} does for a list that is told as it is read: the store is open until the last of it. */
export async function* streamFromStore<T>(
  { terminal, dataDir = terminal.defaultDataDir }: { terminal: Terminal; dataDir?: string },
  read: (store: Store) => AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<T> {
  const { config, deps } = planStore(terminal, dataDir)
  const store = await openEncryptedStore(config, { ...deps, clock: terminal.clock })
  try {
    yield* read(store)
  } finally {
    await store.close()
  }
}
