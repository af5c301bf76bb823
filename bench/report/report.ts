import { availableParallelism } from 'node:os'
import type { BenchOptions } from '#bench/options.ts'
import type { Counts } from '#bench/phases/counting.ts'
import type { MemorySample } from '#bench/phases/memory.ts'
import type { Rounds } from '#bench/phases/rounds.ts'
import type { WarmUp } from '#bench/phases/warm-up.ts'
import type { ServerName, ServerUnderTest } from '#bench/servers/server.ts'
import type { Storage } from '#bench/stores/storage.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'
import { failedGates } from './memory-growth.ts'
import { type OperationReport, rounded, toOperationReport } from './operation-report.ts'
import { median } from './statistics.ts'

/** Bytes in a store. */
export type StorageReport = {
  /** What is there after everything has expired, by collection or table, their indexes included. */
  readonly perLinkedAccount: Storage['lasting'] & { readonly total: number }
  /** Before anything has expired: what stays, and what goes by itself. */
  readonly perFirstLogin: { readonly lasting: number; readonly expiring: number }
  readonly perReturningLogin: { readonly lasting: number; readonly expiring: number }
  /** Keys of Redis without a time to live, per linked account. */
  readonly neverExpiringKeys: number
}

/** The result as `--json` prints it. See docs/benchmark.md. */
export type Report = {
  readonly node: string
  readonly cores: number
  readonly options: Omit<BenchOptions, 'json' | 'only'>
  readonly customerRecords: number
  readonly calibMicros: number
  /** A server that does not offer a workload is not in it. */
  readonly workloads: Readonly<Partial<Record<WorkloadName, Partial<Record<ServerName, OperationReport>>>>>
  readonly storage: Readonly<Partial<Record<ServerName, StorageReport>>>
  readonly memory: Readonly<Partial<Record<ServerName, readonly MemorySample[]>>>
  /** Gates that do not hold. */
  readonly failed: readonly string[]
}

/** What a run found. */
export type Findings = {
  readonly servers: readonly ServerUnderTest[]
  readonly rounds: Rounds
  readonly counts: Counts
  readonly storage: readonly ({ server: ServerName } & WarmUp & Pick<Storage, 'lasting' | 'neverExpiring'>)[]
  readonly memory: ReadonlyMap<ServerName, readonly MemorySample[]>
  readonly customerRecords: number
}

const totalOf = (lasting: Storage['lasting']): number =>
  rounded(
    Object.values(lasting).reduce((sum, bytes) => sum + bytes, 0),
    0,
  )

const toStorageReport = (found: Findings['storage'][number]): StorageReport => {
  const login = ({ lasting, expiring }: Storage) => ({ lasting: totalOf(lasting), expiring: rounded(expiring, 0) })
  const parts = Object.entries(found.lasting).map(([part, bytes]) => [part, rounded(bytes, 0)])
  return {
    perLinkedAccount: { ...(Object.fromEntries(parts) as Storage['lasting']), total: totalOf(found.lasting) },
    perFirstLogin: login(found.perFirst),
    perReturningLogin: login(found.perReturning),
    neverExpiringKeys: rounded(found.neverExpiring, 3),
  }
}

const workloadReport = (name: WorkloadName, { servers, rounds, counts }: Findings) =>
  Object.fromEntries(
    servers
      .filter(({ offers }) => offers.includes(name))
      .map(({ name: server }) => [
        server,
        toOperationReport(rounds.of(name, server), rounds.of(name, 'baseline-redis'), counts.get(`${name} ${server}`)),
      ]),
  )

/** Condenses a run into its report. */
export const createReport = (found: Findings, options: BenchOptions): Report => {
  const { json: _json, only: _only, ...how } = options
  const memory = Object.fromEntries(
    [...found.memory].map(([server, samples]) => [
      server,
      samples.map(({ logins, rssMiB, heapMiB }) => ({
        logins,
        rssMiB: rounded(rssMiB, 0),
        heapMiB: rounded(heapMiB, 1),
      })),
    ]),
  )
  return {
    node: process.version,
    cores: availableParallelism(),
    options: how,
    customerRecords: found.customerRecords,
    calibMicros: rounded(median(found.rounds.calibMicros), 0),
    workloads: Object.fromEntries(options.workloads.map(name => [name, workloadReport(name, found)])),
    storage: Object.fromEntries(found.storage.map(each => [each.server, toStorageReport(each)])),
    memory,
    failed: failedGates(memory),
  }
}
