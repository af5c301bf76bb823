import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { drawBase } from '#bench/decisions/draw-base.ts'
import type { Backend } from '#bench/options.ts'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import type { MongoStore } from '#bench/stores/mongo-store.ts'
import { startStores } from '#bench/stores/stores.ts'
import { personaLines } from '#examples/customer-data/personas.ts'
import { openChain } from '#src/audit/create-audit-jobs.ts'
import { createAuditSealer } from '#src/audit/seal.ts'
import { loadConfig } from '#src/config/load.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { encryptStore } from '#src/store/encrypted/encrypt-store.ts'
import { openStore } from '#src/store/registry.ts'
import { startSimulatorProcess } from '#test/process/pias-process.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { importLines } from '#test/support/import-lines.ts'
import type { Samples } from './admin-requests.ts'
import { insertInBulk } from './bulk-mongo.ts'
import { fillBase } from './fill-base.ts'
import type { AdminOptions } from './options.ts'

/** A PIAS with its admin plane, over a base that was filled. */
export type RunningPlane = {
  readonly issuer: string
  readonly origin: string
  readonly samples: Samples
  readonly mongod?: MongoStore
  /** By which a store is opened beside it. */
  readonly env: Record<string, string>
  /** Puts a node in its place that does nothing beside requests. */
  withoutJobs(): Promise<void>
}

const script = (path: string): string => fileURLToPath(import.meta.resolve(`#src/${path}`))
const NODE_WITHOUT_JOBS = join(import.meta.dirname, 'node-without-jobs.ts')
/** As a server for a million accounts has at least; the tests' own are smaller. */
const MONGO_CACHE_MB = 2048
const SEED = 1
const QUIET = '--disable-warning=ExperimentalWarning'
const NOTHING = { clients: 0, accounts: 0 }

/** Opens a store with its keyring, as a command beside the node does. */
export const openBeside = async (env: Record<string, string>, directory: string) => {
  const { store: config, kek: kekConfig, dataDir } = loadConfig({ env, root: directory })
  const raw = await openStore(config, { clock: Date.now, dataDir, migrate: true, bulk: true })
  const kek = await openKek(kekConfig, { dataDir, make: true })
  const keyring = await openKeyring({ dataKeys: raw.dataKeys, kek, clock: Date.now })
  return { raw, keyring, store: encryptStore(raw, keyring) }
}

const fill = async (
  env: Record<string, string>,
  directory: string,
  { clients, accounts }: AdminOptions,
  progress: (text: string) => void,
): Promise<Samples> => {
  const { raw, keyring, store } = await openBeside(env, directory)
  const upstream = { issuer: env.PIAS_UPSTREAM_ITSME_ISSUER ?? '', clientId: 'PIAS_DEMO' }
  const filling = { store, upstream, now: Date.now(), progress }
  try {
    await importLines(store, personaLines())
    const chain = await openChain(store)
    if (env.PIAS_MONGO_URL !== undefined) {
      const client = await new MongoClient(env.PIAS_MONGO_URL).connect()
      const bulk = insertInBulk(raw, client.db('pias'), chain.macOf)
      const settle = async (): Promise<void> => {
        await bulk.settle()
        await client.close()
      }
      return await fillBase(
        { ...filling, bulk: { store: encryptStore(bulk.store, keyring), settle } },
        { clients, accounts },
        NOTHING,
      )
    }
    const samples = await fillBase(filling, { clients, accounts }, NOTHING)
    await createAuditSealer({ ...chain, clock: Date.now }).run()
    return samples
  } finally {
    await raw.close()
  }
}

/** Fills a store of a kind and starts PIAS as delivered on it, with the simulator upstream. */
export const startAdminPlane = async (
  children: ChildProcesses,
  backend: Backend,
  options: AdminOptions,
  progress: (text: string) => void,
): Promise<RunningPlane> => {
  const onServers = backend === 'mongo-redis'
  const { redis, mongod } = await startStores({ redis: onServers, mongod: onServers }, children.alsoClose)
  await mongod?.setCache(MONGO_CACHE_MB)
  const [port = 0, adminPort = 0] = await freePorts(2)
  const [issuer, origin] = [`http://localhost:${port}`, `http://localhost:${adminPort}`]
  const simulator = await startSimulatorProcess({ issuer })
  children.alsoClose(async () => {
    await simulator.stop()
  })
  const clientsDir = join(children.directory, `${backend}-clients`)
  mkdirSync(clientsDir)
  const env = {
    PIAS_ENVIRONMENT: 'development', // plain HTTP on loopback
    PIAS_PORT: String(port),
    PIAS_ADMIN_PORT: String(adminPort),
    PIAS_DATA_DIR: join(children.directory, `${backend}-data`),
    PIAS_CLIENTS_DIR: clientsDir,
    PIAS_KEK_FILE: join(children.directory, `${backend}-kek`),
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream,
    PIAS_LOG_LEVEL: 'warn',
    PIAS_STORE: backend,
    ...(mongod && redis && { PIAS_MONGO_URL: mongod.url, PIAS_REDIS_URL: redis.url }),
  }
  const run = (task: string, ...args: string[]) =>
    children.run({ name: `${backend}-${task}`, args: [QUIET, script('cli/pias.ts'), ...args], env })
  if (onServers) await run('migrate', 'migrate', 'up')
  progress(`${backend}: filling`)
  const samples = await fill(env, children.directory, options, progress)
  progress(`${backend}: importing ${options.records} customer records`)
  await run('import', 'customers', 'import', await drawBase(children.directory, SEED, [options.records])(0))
  const node = await children.startServer({ name: backend, args: [QUIET, script('main.ts')], env })
  const withoutJobs = async (): Promise<void> => {
    await children.stopServer(node)
    await children.startServer({ name: `${backend}-without-jobs`, args: [QUIET, NODE_WITHOUT_JOBS], env })
  }
  return { issuer, origin, samples, env, withoutJobs, ...(mongod && { mongod }) }
}
