import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { type Balancer, startBalancer } from '#test/support/balancer.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { runScript } from '#test/support/processes.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { environmentIn, type PiasProcess, startPiasProcess, startSimulatorProcess } from './pias-process.ts'

/** Two PIAS processes on one MongoDB and one Redis, behind a balancer at the issuer's address. */
export type Cluster = {
  readonly issuer: string
  readonly mongoUrl: string
  readonly balancer: Balancer
  /** Where each node listens. */
  readonly ports: readonly number[]
  readonly node: (index: number) => PiasProcess
  /** Stops a node by SIGTERM and starts it again; how it ended. */
  restart(index: number): ReturnType<PiasProcess['stop']>
  /** Runs `npm run pias` with the nodes' configuration. */
  pias(...args: string[]): ReturnType<typeof runScript>
  close(): Promise<void>
}

/** A few people make the load of a town here. */
const UNLIMITED = { account: 1_000_000, client: 10_000_000 }

/** Two servers, a simulator, an import and two nodes, on a machine that has other things to do. In milliseconds. */
export const CLUSTER_STARTS_MS = 240_000

/**
 * Starts it, with the personas' records.
 * @param options.config what the nodes' configuration file says beside
 * @param options.clients client files beside the test client's
 */
export const startCluster = async (options: { config?: object; clients?: object[] } = {}): Promise<Cluster> => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-cluster-'))
  // The database is called "pias" whoever uses it, so the servers must be the test's own.
  const [mongo, redis] = await Promise.all([startMongo({ owned: true }), startRedis({ owned: true })])
  const [port, one, two] = (await freePorts(3)) as [number, number, number]
  const ports = [one, two]
  const issuer = `http://localhost:${port}`
  const [simulator, balancer] = await Promise.all([
    startSimulatorProcess({ issuer }),
    startBalancer({ port, nodes: ports }),
  ])

  const configFile = join(dir, 'pias.json')
  writeFileSync(configFile, JSON.stringify({ rateLimits: UNLIMITED, ...options.config }))
  const env = environmentIn(dir, {
    PIAS_CONFIG: configFile,
    PIAS_ISSUER: issuer,
    PIAS_STORE: 'mongo-redis',
    PIAS_MONGO_URL: mongo.url,
    PIAS_REDIS_URL: redis.url,
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream,
  })
  for (const [index, client] of (options.clients ?? []).entries()) {
    writeFileSync(join(dir, 'clients', `client-${index}.json`), JSON.stringify(client))
  }
  const pias = (...args: string[]) => runScript('src/cli/pias.ts', { args, env })
  const customers = join(dir, 'customers.jsonl')
  writeFileSync(
    customers,
    personaLines()
      .map(line => JSON.stringify(line))
      .join('\n'),
  )
  const imported = await pias('customers', 'import', customers)
  if (imported.code !== 0) throw new Error(imported.stderr)

  /** As a supervisor does: again, when a busy machine made a store answer too late for the start. */
  const start = (index: number, tries = 5): Promise<PiasProcess> =>
    startPiasProcess({ ...env, PIAS_PORT: String(ports[index]) }).catch(error => {
      if (tries === 1) throw error
      return start(index, tries - 1)
    })
  const nodes = [await start(0), await start(1)]
  const node = (index: number): PiasProcess => nodes[index] as PiasProcess

  return {
    issuer,
    mongoUrl: mongo.url,
    balancer,
    ports,
    node,
    restart: async index => {
      const ended = await node(index).stop()
      nodes[index] = await start(index)
      return ended
    },
    pias,
    close: async () => {
      await Promise.all([...nodes, simulator].map(process => process.stop()))
      await balancer.close()
      await Promise.all([mongo.close(), redis.close()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
