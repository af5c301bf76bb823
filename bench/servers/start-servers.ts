import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from '#bench/options.ts'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import { startStores } from '#bench/stores/stores.ts'
import { writeCustomerBase } from './customer-base.ts'
import { type Plan, planServer } from './plan.ts'
import type { ServerUnderTest } from './server.ts'
import { startMemoryBaseline, startRedisBaseline } from './start-baselines.ts'
import { startPias } from './start-pias.ts'

/** The servers of a run that were asked for, and the upstream they share. */
export type Servers = {
  readonly upstreamOrigin: string
  readonly servers: readonly ServerUnderTest[]
  readonly customerRecords: number
}

/** A server and its twin for counting: each is a client of the upstream. */
const planPair = async (upstreamClientId: string, kind: 'baseline' | 'pias') => ({
  timed: await planServer(upstreamClientId, kind),
  counted: await planServer(`${upstreamClientId}COUNTED`, kind),
})

const startUpstream = async (
  children: ChildProcesses,
  plans: { baselines: readonly Plan[]; pias: readonly Plan[] },
): Promise<string> => {
  const client = ({ upstreamClientId, issuer }: Plan, jwks: string, callback: string) => ({
    clientId: upstreamClientId,
    jwksUri: `${issuer}${jwks}`,
    redirectUri: `${issuer}${callback}`,
  })
  const clients = [
    ...plans.baselines.map(plan => client(plan, '/upstream/jwks', '/callback')),
    ...plans.pias.map(plan => client(plan, '/upstream/itsme/jwks', '/callback/itsme')),
  ]
  const args = [fileURLToPath(import.meta.resolve('#bench/upstream/main.ts')), JSON.stringify({ clients })]
  const { ready } = await children.startServer({ name: 'upstream', args })
  return String(ready.issuer)
}

/**
 * Starts the upstream and the servers under test, each in a process of its own, with stores that nobody shares: so each
 * one's costs can be told apart.
 */
export const startServers = async (children: ChildProcesses, options: BenchOptions): Promise<Servers> => {
  const memoryPlan = await planServer('BENCHMEMORY', 'baseline')
  const redisPlans = await planPair('BENCHREDIS', 'baseline')
  const backends = options.only === 'baseline' ? [] : options.backends
  const piasPlans = await Promise.all(
    backends.map(async (backend, index) => ({ backend, plans: await planPair(`BENCHPIAS${index}`, 'pias') })),
  )
  const upstream = await startUpstream(children, {
    baselines: [memoryPlan, redisPlans.timed, redisPlans.counted],
    pias: piasPlans.flatMap(({ plans }) => Object.values(plans)),
  })

  const servers: ServerUnderTest[] = []
  if (options.only !== 'pias') {
    if (options.workloads.includes('first')) servers.push(await startMemoryBaseline(children, memoryPlan, upstream))
    const { redis } = await startStores({ redis: true, mongod: false }, children.alsoClose)
    if (redis) servers.push(await startRedisBaseline(children, redisPlans, upstream, { redis }))
  }
  const customers = join(children.directory, 'customers.jsonl')
  const customerRecords = backends.length > 0 ? writeCustomerBase(customers, options.people) : 0
  for (const { backend, plans } of piasPlans) {
    const onServers = backend === 'mongo-redis'
    const stores = await startStores({ redis: onServers, mongod: onServers }, children.alsoClose)
    servers.push(await startPias(children, plans, { upstream, backend, stores, customers }))
  }
  return { upstreamOrigin: new URL(upstream).origin, servers, customerRecords }
}
