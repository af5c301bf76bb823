import { fileURLToPath } from 'node:url'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import { countStores, type Stores } from '#bench/stores/stores.ts'
import { WORKLOADS } from '#bench/workloads/names.ts'
import { metadataOf, type Plan } from './plan.ts'
import type { ServerUnderTest, Target } from './server.ts'

const script = (path: string): string => fileURLToPath(import.meta.resolve(`#bench/${path}`))

const RS256 = { id_token_signed_response_alg: 'RS256' }

/** Starts the frozen baseline that keeps everything in memory. It does first logins: that is what it is known for. */
export const startMemoryBaseline = async (
  children: ChildProcesses,
  plan: Plan,
  upstream: string,
): Promise<ServerUnderTest> => {
  const { port, upstreamClientId, clients } = plan
  const options = { port, upstream, upstreamClientId, client: { ...metadataOf(clients).login, ...RS256 } }
  const args = [script('baseline/main.ts'), JSON.stringify(options)]
  const server = await children.startServer({ name: 'baseline-memory', args })
  return {
    name: 'baseline-memory',
    target: { ...server, issuer: plan.issuer, clients },
    stores: {},
    offers: ['first'],
    links: false,
    readStorage: undefined,
    startCounted: undefined,
  }
}

/** Starts the frozen baseline on Redis: what PIAS is compared with. */
export const startRedisBaseline = async (
  children: ChildProcesses,
  plans: { timed: Plan; counted: Plan },
  upstream: string,
  stores: Required<Pick<Stores, 'redis'>>,
): Promise<ServerUnderTest> => {
  const start = async (
    name: string,
    { port, issuer, upstreamClientId, clients }: Plan,
    redis = '',
  ): Promise<Target> => {
    const metadata = Object.values(metadataOf(clients)).map(client => ({ ...client, ...RS256 }))
    const options = { port, upstream, upstreamClientId, clients: metadata, redis }
    const args = [script('baseline-redis/main.ts'), JSON.stringify(options)]
    return { ...(await children.startServer({ name, args })), issuer, clients }
  }
  return {
    name: 'baseline-redis',
    target: await start('baseline-redis', plans.timed, stores.redis.url),
    stores,
    offers: WORKLOADS,
    links: false,
    readStorage: undefined,
    startCounted: async () => {
      const counted = await countStores(stores)
      return { target: await start('baseline-redis-counted', plans.counted, counted.urls.redis), stores: counted }
    },
  }
}
