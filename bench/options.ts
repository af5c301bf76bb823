import { parseArgs } from 'node:util'
import { readValues } from './read-values.ts'
import { WORKLOADS, type WorkloadName } from './workloads/names.ts'

/** Stores PIAS is measured on. */
export const BACKENDS = ['sqlite', 'mongo-redis'] as const
export type Backend = (typeof BACKENDS)[number]

/** How a run is made; see docs/benchmark.md. */
export type BenchOptions = {
  readonly json: boolean
  readonly backends: readonly Backend[]
  readonly workloads: readonly WorkloadName[]
  /** Operations per round and workload. */
  readonly logins: number
  readonly rounds: number
  readonly concurrency: number
  readonly warmup: number
  /** Synthetic persons in the customer base of PIAS, 1 to 4 records each. */
  readonly people: number
  readonly only: 'baseline' | 'pias' | undefined
  /** First logins during which memory is watched; 0 leaves that out. */
  readonly loginsForMemory: number
  /** Operations of each workload in the counting round. */
  readonly counted: number
}

/** Operations of each workload in the counting round, which is not timed, unless a round has fewer. */
const COUNTED_OPERATIONS = 20
/** And before those, so that nothing is counted that is done once only. */
export const COUNTING_WARMUP = 3

const USAGE = `Usage: node bench/run.ts [--json] [--logins 400] [--rounds 3] [--concurrency 8] [--warmup 150]
                         [--people 8000] [--only baseline|pias] [--backend ${BACKENDS.join('|')}|all]
                         [--workload ${WORKLOADS.join('|')}|all]
                         [--logins-for-memory 20000]`

const { whole, choose } = readValues(USAGE)

/**
 * Reads the command line. `people` grows to what the first logins need, for each takes another person.
 * @throws Error with the usage when an option is unknown or malformed
 */
export const parseOptions = (args: readonly string[]): BenchOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      logins: { type: 'string', default: '400' },
      rounds: { type: 'string', default: '3' },
      concurrency: { type: 'string', default: '8' },
      warmup: { type: 'string', default: '150' },
      people: { type: 'string', default: '8000' },
      only: { type: 'string', default: 'all' },
      backend: { type: 'string', default: 'all' },
      workload: { type: 'string', default: 'all' },
      'logins-for-memory': { type: 'string', default: '20000' },
    },
  })
  const only = choose('only', values.only, ['baseline', 'pias'] as const)
  const logins = whole('logins', values.logins, 1)
  const rounds = whole('rounds', values.rounds, 1)
  const warmup = whole('warmup', values.warmup, 1)
  const loginsForMemory = whole('logins-for-memory', values['logins-for-memory'], 0)
  const counted = Math.min(COUNTED_OPERATIONS, logins)
  const needed = warmup + rounds * logins + COUNTING_WARMUP + counted + loginsForMemory
  return {
    json: values.json,
    backends: choose('backend', values.backend, BACKENDS),
    workloads: choose('workload', values.workload, WORKLOADS),
    logins,
    rounds,
    warmup,
    concurrency: whole('concurrency', values.concurrency, 1),
    people: Math.max(whole('people', values.people, 1), needed),
    only: only.length === 1 ? only[0] : undefined,
    loginsForMemory,
    counted,
  }
}
