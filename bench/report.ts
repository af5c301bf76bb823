import { availableParallelism } from 'node:os'
import type { Measurement } from './measure.ts'
import type { BenchOptions } from './options.ts'
import type { Rounds } from './rounds.ts'
import { median, quantile } from './statistics.ts'

type Workload = {
  readonly cpuMsPerLogin: number
  readonly cpuMsPerLoginByRound: readonly number[]
  readonly requestsPerLogin: number
  readonly loginsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}
/** The result as `--json` prints it; medians over rounds, latencies over all logins. See docs/benchmark.md. */
export type Report = {
  readonly node: string
  readonly cores: number
  readonly options: Omit<BenchOptions, 'json' | 'only'>
  readonly customerRecords: number
  readonly calibMicros: number
  readonly baseline: Workload | undefined
  readonly piasFirstLogin: Workload | undefined
  readonly piasReturning: Workload | undefined
  /** PIAS to the baseline of the same round, CPU per login. */
  readonly ratio: { readonly firstLogin: number; readonly returning: number } | undefined
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

const workloadOf = (measurements: readonly Measurement[]): Workload | undefined => {
  if (measurements.length === 0) return undefined
  const latencies = measurements.flatMap(({ latenciesMs }) => latenciesMs)
  const medianOf = (value: (measurement: Measurement) => number): number => median(measurements.map(value))
  return {
    cpuMsPerLogin: rounded(
      medianOf(({ cpuMsPerLogin }) => cpuMsPerLogin),
      2,
    ),
    cpuMsPerLoginByRound: measurements.map(({ cpuMsPerLogin }) => rounded(cpuMsPerLogin, 2)),
    requestsPerLogin: rounded(
      medianOf(({ requestsPerLogin }) => requestsPerLogin),
      2,
    ),
    loginsPerSecond: rounded(
      medianOf(({ loginsPerSecond }) => loginsPerSecond),
      1,
    ),
    p50Ms: rounded(quantile(latencies, 0.5), 1),
    p99Ms: rounded(quantile(latencies, 0.99), 1),
  }
}

const ratioOf = (measured: readonly Measurement[], baseline: readonly Measurement[]): number =>
  rounded(median(measured.map((each, round) => each.cpuMsPerLogin / (baseline[round]?.cpuMsPerLogin ?? Number.NaN))), 3)

/** Condenses the rounds of a run into its report. */
export const createReport = (found: Rounds, options: BenchOptions, customerRecords: number): Report => {
  const { logins, rounds, concurrency, warmup, people } = options
  const compared = found.baseline.length > 0 && found.piasFirst.length > 0
  return {
    node: process.version,
    cores: availableParallelism(),
    options: { logins, rounds, concurrency, warmup, people },
    customerRecords,
    calibMicros: rounded(median(found.calibMicros), 0),
    baseline: workloadOf(found.baseline),
    piasFirstLogin: workloadOf(found.piasFirst),
    piasReturning: workloadOf(found.piasReturning),
    ratio: compared
      ? {
          firstLogin: ratioOf(found.piasFirst, found.baseline),
          returning: ratioOf(found.piasReturning, found.baseline),
        }
      : undefined,
  }
}

/** The report as a table for a terminal. */
export const toTable = (report: Report): string => {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(30) : String(cell).padStart(10))).join('')
  const workload = (name: string, found: Workload | undefined, ratio: number | undefined): string[] =>
    found
      ? [
          row([
            name,
            found.cpuMsPerLogin.toFixed(2),
            ratio?.toFixed(3) ?? '-',
            found.requestsPerLogin,
            found.loginsPerSecond,
            found.p50Ms,
            found.p99Ms,
          ]),
        ]
      : []
  const { logins, rounds, concurrency } = report.options
  return [
    row(['', 'CPU ms', 'ratio', 'requests', 'logins/s', 'p50 ms', 'p99 ms']),
    ...workload('baseline, links nothing', report.baseline, undefined),
    ...workload('PIAS, first login of customer', report.piasFirstLogin, report.ratio?.firstLogin),
    ...workload('PIAS, returning customer', report.piasReturning, report.ratio?.returning),
    '',
    `${rounds} rounds of ${logins} logins, concurrency ${concurrency}, ${report.customerRecords} customer records; ` +
      `one RSA-2048 signature ${report.calibMicros} µs; Node ${report.node}, ${report.cores} cores`,
  ].join('\n')
}
