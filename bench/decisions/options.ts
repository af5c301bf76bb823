import { parseArgs } from 'node:util'
import { BACKENDS, type Backend } from '#bench/options.ts'
import { readValues } from '#bench/read-values.ts'

/** How the cost of decisions is measured. */
export type DecisionOptions = {
  readonly json: boolean
  readonly backends: readonly Backend[]
  /** Records of the base each time decisions are measured, ascending. */
  readonly sizes: readonly number[]
  /** Decisions measured at each size. */
  readonly decisions: number
  readonly seed: number
  /** Whether a training run is measured at each size, too. */
  readonly train: boolean
  /** Where the records that are drawn are kept, and found by the next run; else they go with this one. */
  readonly files?: string
}

const USAGE = `Usage: node bench/run.ts matching [--json] [--records 100000,1000000] [--decisions 2000] [--seed 1]
                         [--backend ${BACKENDS.join('|')}|all] [--train] [--files directory]`

const { whole, choose } = readValues(USAGE)

/** Reads the command line behind `matching`. @throws Error with the usage when an option is unknown or malformed */
export const parseDecisionOptions = (args: readonly string[]): DecisionOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      records: { type: 'string', default: '100000,1000000' },
      decisions: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      backend: { type: 'string', default: 'all' },
      train: { type: 'boolean', default: false },
      files: { type: 'string' },
    },
  })
  const sizes = values.records.split(',').map(size => whole('records', size))
  if (sizes.some((size, at) => size <= (sizes[at - 1] ?? 0))) throw new Error(`--records must ascend\n${USAGE}`)
  return {
    json: values.json,
    backends: choose('backend', values.backend, BACKENDS),
    sizes,
    decisions: whole('decisions', values.decisions),
    seed: whole('seed', values.seed),
    train: values.train,
    ...(values.files !== undefined && { files: values.files }),
  }
}
