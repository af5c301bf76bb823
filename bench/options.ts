import { parseArgs } from 'node:util'

/** How a run is made; see docs/benchmark.md. Counts are logins unless said otherwise. */
export type BenchOptions = {
  readonly json: boolean
  readonly logins: number
  readonly rounds: number
  readonly concurrency: number
  readonly warmup: number
  /** Synthetic persons in the customer base of PIAS, 1 to 4 records each. */
  readonly people: number
  readonly only: 'baseline' | 'pias' | undefined
}

const USAGE = `Usage: node bench/run.ts [--json] [--logins 400] [--rounds 3] [--concurrency 8] [--warmup 150]
                         [--people 8000] [--only baseline|pias]`

const count = (name: string, value: string, least: number): number => {
  const number = Number(value)
  if (!Number.isInteger(number) || number < least)
    throw new Error(`--${name} must be a whole number from ${least}\n${USAGE}`)
  return number
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
      only: { type: 'string' },
    },
  })
  const { only } = values
  if (only !== undefined && only !== 'baseline' && only !== 'pias') throw new Error(`--only ${only}?\n${USAGE}`)
  const logins = count('logins', values.logins, 1)
  const rounds = count('rounds', values.rounds, 1)
  const warmup = count('warmup', values.warmup, 0)
  return {
    json: values.json,
    logins,
    rounds,
    warmup,
    concurrency: count('concurrency', values.concurrency, 1),
    people: Math.max(count('people', values.people, 1), warmup + rounds * logins),
    only,
  }
}
