import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOfTree } from '#bench/processes/cpu-time.ts'
import type { ServerUnderTest } from '#bench/servers/server.ts'
import { readStoreCpu, type StoreCpu } from '#bench/stores/stores.ts'
import type { Workload } from '#bench/workloads/workload.ts'
import { performProbed } from './perform.ts'

/** One batch of operations against one server: its CPU and its stores', and what the driver saw. Per operation. */
export type Measurement = {
  readonly cpuMs: number
  readonly storeCpuMs: StoreCpu
  readonly requests: number
  readonly operationsPerSecond: number
  readonly latenciesMs: readonly number[]
}

const SETTLE_MS = 200

const readCpu = async ({ target, stores }: ServerUnderTest) => {
  const store = await readStoreCpu(stores)
  return { server: cpuSecondsOfTree(target.pid), store }
}

/**
 * Runs one batch. CPU is counted from a quiet moment before it to a quiet moment after it, so that work put off until
 * after an answer counts too.
 */
export const measure = async (
  server: ServerUnderTest,
  workload: Workload,
  personas: readonly number[],
  concurrency: number,
): Promise<Measurement> => {
  const { results, seconds, before, after } = await performProbed(workload, personas, concurrency, async () => {
    await sleep(SETTLE_MS)
    return readCpu(server)
  })
  const perOperation = (from = 0, to = 0): number => ((to - from) * 1000) / results.length
  const { redis, mongod } = after.store
  return {
    cpuMs: perOperation(before.server, after.server),
    storeCpuMs: {
      ...(redis === undefined ? {} : { redis: perOperation(before.store.redis, redis) }),
      ...(mongod === undefined ? {} : { mongod: perOperation(before.store.mongod, mongod) }),
    },
    requests: results.reduce((sum, { requests }) => sum + requests, 0) / results.length,
    operationsPerSecond: results.length / seconds,
    latenciesMs: results.map(({ milliseconds }) => milliseconds),
  }
}
