import type { Count } from '#bench/phases/counting.ts'
import type { Measurement } from '#bench/phases/measure.ts'
import type { Traffic } from '#bench/stores/counting-proxy.ts'
import { median, quantile } from './statistics.ts'

/** What one operation sends to a store. */
export type TrafficReport = {
  readonly commands: number
  readonly roundTrips: number
  readonly byName: Readonly<Record<string, number>>
}

/** One workload on one server, per operation; medians of the rounds, latencies over all operations. */
export type OperationReport = {
  readonly cpuMs: number
  readonly cpuMsByRound: readonly number[]
  /** CPU of the server to that of the baseline on Redis in the same round. */
  readonly ratio?: number
  readonly redisCpuMs?: number
  readonly mongodCpuMs?: number
  readonly requests: number
  readonly operationsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** `commandsDone`: those carried out, inside scripts too. */
  readonly redis?: TrafficReport & { readonly commandsDone: number }
  readonly mongod?: TrafficReport
}

/** A number with so many digits after the point at most. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value })

const toTrafficReport = ({ commands, roundTrips }: Traffic, operations: number): TrafficReport => {
  const perOperation = (count: number): number => rounded(count / operations, 2)
  return {
    commands: perOperation(Object.values(commands).reduce((sum, count) => sum + count, 0)),
    roundTrips: perOperation(roundTrips),
    byName: Object.fromEntries(Object.entries(commands).map(([name, count]) => [name, perOperation(count)])),
  }
}

const trafficOf = (count: Count | undefined): Pick<OperationReport, 'redis' | 'mongod'> => {
  if (count === undefined) return {}
  const { operations, redis, redisDone = 0, mongod } = count
  return {
    ...(redis && {
      redis: { ...toTrafficReport(redis, operations), commandsDone: rounded(redisDone / operations, 2) },
    }),
    ...(mongod && { mongod: toTrafficReport(mongod, operations) }),
  }
}

/** Undefined without a baseline, and for so few operations that the clock saw no CPU at all. */
const ratioOf = (measured: readonly Measurement[], baseline: readonly Measurement[]): number | undefined => {
  const ratio = median(measured.map(({ cpuMs }, round) => cpuMs / (baseline[round]?.cpuMs ?? Number.NaN)))
  return Number.isFinite(ratio) ? rounded(ratio, 3) : undefined
}

/** Condenses the rounds of one workload on one server. */
export const toOperationReport = (
  measured: readonly Measurement[],
  baseline: readonly Measurement[],
  count: Count | undefined,
): OperationReport => {
  const medianOf = (value: (measurement: Measurement) => number, digits: number): number =>
    rounded(median(measured.map(value)), digits)
  const storeCpu = (store: 'redis' | 'mongod'): number | undefined =>
    measured.every(({ storeCpuMs }) => storeCpuMs[store] !== undefined)
      ? medianOf(({ storeCpuMs }) => storeCpuMs[store] ?? 0, 3)
      : undefined
  const latencies = measured.flatMap(({ latenciesMs }) => latenciesMs)
  return {
    cpuMs: medianOf(({ cpuMs }) => cpuMs, 2),
    cpuMsByRound: measured.map(({ cpuMs }) => rounded(cpuMs, 2)),
    ...optional('ratio', ratioOf(measured, baseline)),
    ...optional('redisCpuMs', storeCpu('redis')),
    ...optional('mongodCpuMs', storeCpu('mongod')),
    requests: medianOf(({ requests }) => requests, 2),
    operationsPerSecond: medianOf(({ operationsPerSecond }) => operationsPerSecond, 1),
    p50Ms: rounded(quantile(latencies, 0.5), 1),
    p99Ms: rounded(quantile(latencies, 0.99), 1),
    ...trafficOf(count),
  }
}
