import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describeProvider } from '#bench/driver/provider.ts'
import type { Backend } from '#bench/options.ts'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import { freePort } from '#bench/processes/free-port.ts'
import { readSqliteStorage } from '#bench/stores/sqlite-storage.ts'
import { countStores, readServerStorage, type Stores } from '#bench/stores/stores.ts'
import { WORKLOADS, type WorkloadName } from '#bench/workloads/names.ts'
import { metadataOf, type Plan } from './plan.ts'
import type { ServerUnderTest, Target } from './server.ts'

type Environment = Record<string, string>

/** PIAS sees new client files after a second. */
const CLIENT_FILES_MS = 1_200

/** A search for candidates that a busy machine delays asks the person; what is measured here is work, not waiting. */
const PATIENT_MS = 5_000
/** A few people make the load of a town here. */
const UNLIMITED = { account: 1_000_000, client: 10_000_000 }

const script = (path: string): string => fileURLToPath(import.meta.resolve(`#src/${path}`))

const writeClient = (dir: string, metadata: { client_id: string; scope?: string }): void =>
  writeFileSync(join(dir, `${metadata.client_id}.json`), JSON.stringify(metadata, undefined, 2))

/** Ordinary client files and ordinary settings. */
const prepare = (children: ChildProcesses, name: string, plan: Plan, upstream: string, store: Environment) => {
  const clientsDir = join(children.directory, `${name}-clients`)
  mkdirSync(clientsDir)
  const { login, offline } = metadataOf(plan.clients)
  // As the baselines: nobody is asked for consent.
  const own = { pias_first_party: true }
  writeClient(clientsDir, { ...login, ...own, scope: plan.clients.login.scope })
  writeClient(clientsDir, { ...offline, ...own, scope: plan.clients.offline.scope })
  const config = join(children.directory, `${name}-config.json`)
  writeFileSync(config, JSON.stringify({ matching: { deadlineMs: PATIENT_MS }, rateLimits: UNLIMITED }))
  const env: Environment = {
    PIAS_ENVIRONMENT: 'development', // plain HTTP on loopback
    PIAS_CONFIG: config,
    PIAS_PORT: String(plan.port),
    PIAS_ISSUER: plan.issuer,
    PIAS_CLIENTS_DIR: clientsDir,
    PIAS_UPSTREAM_ITSME_ISSUER: upstream,
    PIAS_KEK_FILE: join(children.directory, 'kek'),
    PIAS_UPSTREAM_ITSME_CLIENT_ID: plan.upstreamClientId,
    ...store,
  }
  return { clientsDir, env }
}

/** The machine client is given to a PIAS whose metadata offers its grant; another would refuse the file. */
const offersOf = async (plan: Plan, clientsDir: string): Promise<readonly WorkloadName[]> => {
  const { metadata } = await describeProvider(plan.issuer)
  if (!metadata.grant_types_supported.includes('client_credentials')) {
    return WORKLOADS.filter(name => name !== 'client-credentials')
  }
  writeClient(clientsDir, metadataOf(plan.clients).machine)
  await sleep(CLIENT_FILES_MS)
  return WORKLOADS
}

const storeEnvironment = (urls: { redis?: string; mongod?: string }): Environment => ({
  PIAS_STORE: 'mongo-redis',
  PIAS_MONGO_URL: urls.mongod ?? '',
  PIAS_REDIS_URL: urls.redis ?? '',
})

/** Starts PIAS as delivered on one backend, with the customer base imported by its own command. */
export const startPias = async (
  children: ChildProcesses,
  plans: { timed: Plan; counted: Plan },
  deps: { upstream: string; backend: Backend; stores: Stores; customers: string },
): Promise<ServerUnderTest> => {
  const { upstream, backend, stores, customers } = deps
  const name = `pias-${backend}` as const
  const dataDir = join(children.directory, `${name}-data`)
  const start = async (as: string, plan: Plan, env: Environment): Promise<Target> => {
    const inspectorPort = await freePort()
    const args = [`--inspect-port=127.0.0.1:${inspectorPort}`, script('main.ts')]
    const server = await children.startServer({ name: as, args, env })
    return { ...server, issuer: plan.issuer, clients: plan.clients, inspectorPort }
  }
  const run = (task: string, args: readonly string[], env: Environment): Promise<void> =>
    children.run({ name: `${name}-${task}`, args: [script('cli/pias.ts'), ...args], env })

  const { redis, mongod } = stores
  const onServers = redis !== undefined && mongod !== undefined
  const store = onServers
    ? storeEnvironment({ redis: redis.url, mongod: mongod.url })
    : { PIAS_STORE: 'sqlite', PIAS_DATA_DIR: dataDir }
  const { clientsDir, env } = prepare(children, name, plans.timed, upstream, store)
  if (onServers) await run('migrate', ['migrate', 'up'], env)
  await run('import', ['customers', 'import', customers], env)
  const target = await start(name, plans.timed, env)

  const startCounted = async () => {
    const counted = await countStores(stores)
    const twin = prepare(children, `${name}-counted`, plans.counted, upstream, storeEnvironment(counted.urls))
    const target = await start(`${name}-counted`, plans.counted, twin.env)
    await offersOf(plans.counted, twin.clientsDir)
    return { target, stores: counted }
  }
  return {
    name,
    target,
    stores,
    offers: await offersOf(plans.timed, clientsDir),
    links: true,
    readStorage: onServers ? () => readServerStorage({ redis, mongod }) : async () => readSqliteStorage(dataDir),
    startCounted: onServers ? startCounted : undefined,
  }
}
