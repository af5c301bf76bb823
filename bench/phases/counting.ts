import type { BenchOptions } from '#bench/options.ts'
import type { ServerName, ServerUnderTest } from '#bench/servers/server.ts'
import { type Traffic, trafficBetween } from '#bench/stores/counting-proxy.ts'
import type { RedisStore } from '#bench/stores/redis-store.ts'
import type { CountedStores } from '#bench/stores/stores.ts'
import { createWorkloads } from '#bench/workloads/create-workloads.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'
import type { Workload } from '#bench/workloads/workload.ts'
import { perform, performProbed } from './perform.ts'
import type { Personas } from './personas.ts'

/** What one workload sent to the stores, in total of `operations`; `redisDone` counts commands inside scripts too. */
export type Count = {
  readonly operations: number
  readonly redis: Traffic | undefined
  readonly redisDone: number | undefined
  readonly mongod: Traffic | undefined
}
export type Counts = ReadonlyMap<`${WorkloadName} ${ServerName}`, Count>

const between = (before: Traffic | undefined, after: Traffic | undefined): Traffic | undefined =>
  before && after && trafficBetween(before, after)

/** Counts one batch. One operation after the other: what two send at once could not be told apart. */
const countBatch = async (
  workload: Workload,
  personas: readonly number[],
  stores: CountedStores,
  redis: RedisStore | undefined,
): Promise<Count> => {
  const probe = async () => ({ traffic: stores.traffic(), done: (await redis?.commandsDone()) ?? 0 })
  const { before, after } = await performProbed(workload, personas, 1, probe)
  return {
    operations: personas.length,
    redis: between(before.traffic.redis, after.traffic.redis),
    redisDone: redis && after.done - before.done,
    mongod: between(before.traffic.mongod, after.traffic.mongod),
  }
}

const countServer = async (
  server: ServerUnderTest,
  deps: { upstreamOrigin: string; personas: Personas; options: BenchOptions },
): Promise<[`${WorkloadName} ${ServerName}`, Count][]> => {
  if (server.startCounted === undefined) return []
  const { target, stores } = await server.startCounted()
  const { personas, options } = deps
  const found: [`${WorkloadName} ${ServerName}`, Count][] = []
  try {
    const workloads = await createWorkloads({ target, links: server.links }, deps.upstreamOrigin, 1)
    for (const name of options.workloads.filter(name => server.offers.includes(name))) {
      // What is done once only, such as loading scripts, must not count.
      await perform(workloads[name], personas.countingWarmup, 1)
      const count = await countBatch(workloads[name], personas.counting, stores, server.stores.redis)
      found.push([`${name} ${server.name}`, count])
    }
  } finally {
    stores.close()
  }
  return found
}

/**
 * Counts what each operation sends to Redis and MongoDB, on twins of the servers that talk to their stores through a
 * counting proxy. Nothing is timed here.
 */
export const countTraffic = async (
  servers: readonly ServerUnderTest[],
  deps: { upstreamOrigin: string; personas: Personas; options: BenchOptions },
): Promise<Counts> => {
  const found: [`${WorkloadName} ${ServerName}`, Count][] = []
  for (const server of servers) found.push(...(await countServer(server, deps)))
  return new Map(found)
}
