import { parseArgs } from 'node:util'
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
                         [--logins-for-memory 0]`

const count = (name: string, value: string, least: number): number => {
  const number = Number(value)
  if (!Number.isInteger(number) || number < least)
    throw new Error(`--${name} must be a whole number from ${least}\n${USAGE}`)
  return number
}

/** The chosen names: one of them, or all. */
const choose = <Name extends string>(option: string, value: string, names: readonly Name[]): readonly Name[] => {
  const chosen = value === 'all' ? names : names.filter(name => name === value)
  if (chosen.length === 0) throw new Error(`--${option} ${value}?\n${USAGE}`)
  return chosen
}

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
      'logins-for-memory': { type: 'string', default: '0' },
    },
  })
  const only = choose('only', values.only, ['baseline', 'pias'] as const)
  const logins = count('logins', values.logins, 1)
  const rounds = count('rounds', values.rounds, 1)
  const warmup = count('warmup', values.warmup, 1)
  const loginsForMemory = count('logins-for-memory', values['logins-for-memory'], 0)
  const counted = Math.min(COUNTED_OPERATIONS, logins)
  const needed = warmup + rounds * logins + COUNTING_WARMUP + counted + loginsForMemory
  return {
    json: values.json,
    backends: choose('backend', values.backend, BACKENDS),
    workloads: choose('workload', values.workload, WORKLOADS),
    logins,
    rounds,
    warmup,
    concurrency: count('concurrency', values.concurrency, 1),
    people: Math.max(count('people', values.people, 1), needed),
    only: only.length === 1 ? only[0] : undefined,
    loginsForMemory,
    counted,
  }
}
