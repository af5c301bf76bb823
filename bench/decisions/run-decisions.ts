import { cpus } from 'node:os'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import { createCalibration } from '#bench/report/statistics.ts'
import type { Claimed } from '#src/linking/match-identity.ts'
import { type BaseStore, createBaseStore } from './base-store.ts'
import { drawBase, drawIdentities } from './draw-base.ts'
import { failedGates, type Measured } from './gates.ts'
import { type DecisionCost, measureDecisions } from './measure-decisions.ts'
import type { DecisionOptions } from './options.ts'
import type { CommandCost } from './watch-command.ts'

/** One store at one size: the decisions there, the import that led to it from the size before, and a training run. */
export type DecisionRow = Measured & {
  readonly imported: CommandCost & { readonly lines: number; readonly linesPerSecond: number }
}

/** What `npm run bench -- matching` found. `failed` names the gates that do not hold. */
export type DecisionReport = {
  readonly node: string
  readonly cores: number
  readonly calibMicros: number
  readonly options: DecisionOptions
  readonly rows: readonly DecisionRow[]
  readonly failed: readonly string[]
}

const MOST_WARMUP = 3000

type People = { readonly warmup: readonly Claimed[]; readonly measured: readonly Claimed[] }

const decideOn = async (store: BaseStore, people: People): Promise<DecisionCost> => {
  await store.mongod?.flush()
  const base = await store.open()
  try {
    return await measureDecisions(base, people, store.mongod)
  } finally {
    await base.close()
  }
}

/**
 * Grows a synthetic base on each store from size to size by `pias customers import`, and measures the import and, at
 * each size, decisions on the same people.
 */
export const runDecisions = async (
  children: ChildProcesses,
  options: DecisionOptions,
  progress: (text: string) => void,
): Promise<DecisionReport> => {
  const { sizes, seed, decisions, backends, files = children.directory } = options
  const calibrate = createCalibration()
  const fileOf = drawBase(files, seed, sizes)
  const warmup = Math.min(MOST_WARMUP, decisions)
  const drawn = drawIdentities(seed, sizes[0] ?? 0, warmup + decisions)
  const people = { warmup: drawn.slice(0, warmup), measured: drawn.slice(warmup) }

  const rows: DecisionRow[] = []
  for (const backend of backends) {
    const store = await createBaseStore(children, backend)
    for (const [at, records] of sizes.entries()) {
      progress(`${backend}: drawing up to ${records} records`)
      const file = await fileOf(at)
      progress(`${backend}: importing up to ${records} records`)
      const cost = await store.importFile(file)
      const lines = records - (sizes[at - 1] ?? 0)
      const imported = { ...cost, lines, linesPerSecond: lines / cost.seconds }
      progress(`${backend}: ${lines} lines in ${cost.seconds.toFixed(0)} s; deciding`)
      const decision = await decideOn(store, people)
      progress(`${backend}: p99 ${decision.p99Ms.toFixed(1)} ms, ${decision.reads.documents.toFixed(1)} records read`)
      if (options.train) progress(`${backend}: training`)
      const trained = options.train ? await store.train() : undefined
      rows.push({ backend, records, imported, decision, ...(trained && { trained }) })
    }
  }
  const { version: node } = process
  return { node, cores: cpus().length, calibMicros: calibrate(), options, rows, failed: failedGates(rows) }
}
