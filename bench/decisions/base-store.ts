import { totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Backend } from '#bench/options.ts'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import type { MongoStore } from '#bench/stores/mongo-store.ts'
import { startStores } from '#bench/stores/stores.ts'
import { loadConfig } from '#src/config/load.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { encryptStore } from '#src/store/encrypted/encrypt-store.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { openStore } from '#src/store/registry.ts'
import { countReads, type Reads } from './counting-customers.ts'
import { type CommandCost, watchCommand } from './watch-command.ts'

const PIAS = fileURLToPath(import.meta.resolve('#src/cli/pias.ts'))
const MIB = 1024 * 1024
/** What MongoDB takes unless it is told otherwise, half of what is beyond a gigabyte; the tests' own servers have less. */
const mongoCacheMb = (): number => Math.floor(Math.max(256, (totalmem() / MIB - 1024) / 2))

/** Customer records as a login has them, decrypted, with what is read of the store counted below. */
export type OpenedBase = { readonly customers: CustomersPort; readonly take: () => Reads; close(): Promise<void> }

/** A store of the run's own that customer records are imported into by the command. */
export type BaseStore = {
  readonly mongod?: MongoStore
  importFile(file: string): Promise<CommandCost>
  /** Derives a model from all of it, by the command. */
  train(): Promise<CommandCost>
  open(): Promise<OpenedBase>
}

/** Makes an empty store of a kind. */
export const createBaseStore = async (children: ChildProcesses, backend: Backend): Promise<BaseStore> => {
  const onServers = backend === 'mongo-redis'
  const { redis, mongod } = await startStores({ redis: onServers, mongod: onServers }, children.alsoClose)
  await mongod?.setCache(mongoCacheMb())
  const env = {
    PIAS_ENVIRONMENT: 'development',
    PIAS_DATA_DIR: join(children.directory, `${backend}-data`),
    PIAS_KEK_FILE: join(children.directory, `${backend}-kek`),
    PIAS_STORE: backend,
    ...(mongod && redis && { PIAS_MONGO_URL: mongod.url, PIAS_REDIS_URL: redis.url }),
  }
  const command = (task: string, ...args: string[]) => ({
    name: `${backend}-${task}`,
    args: ['--disable-warning=ExperimentalWarning', PIAS, ...args],
    env,
  })
  if (onServers) await children.run(command('migrate', 'migrate', 'up'))

  return {
    ...(mongod && { mongod }),
    importFile: file => watchCommand(children, command('import', 'customers', 'import', file), mongod),
    train: () => watchCommand(children, command('train', 'matching', 'train'), mongod),
    open: async () => {
      const { store: config, kek: kekConfig, dataDir } = loadConfig({ env, root: children.directory })
      const raw = await openStore(config, { clock: Date.now, dataDir })
      const kek = await openKek(kekConfig, { dataDir, make: false })
      const keyring = await openKeyring({ dataKeys: raw.dataKeys, kek, clock: Date.now })
      const counted = countReads(raw.customers)
      const { customers } = encryptStore({ ...raw, customers: counted.customers }, keyring)
      return { customers, take: counted.take, close: raw.close }
    },
  }
}
