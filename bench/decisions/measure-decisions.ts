import { quantile } from '#bench/report/statistics.ts'
import type { Examined, MongoStore } from '#bench/stores/mongo-store.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { type Claimed, createMatchIdentity } from '#src/linking/match-identity.ts'
import type { OpenedBase } from './base-store.ts'
import type { Reads } from './counting-customers.ts'
import { leastOf, measureFixedWork } from './disturbance.ts'

/** What one decision costs, on average where nothing else is said. */
export type DecisionCost = {
  readonly cpuMs: number
  readonly mongodCpuMs?: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same of what each person's decision took at least, in {@link PASSES}: an interruption hardly hits one thrice. */
  readonly calmP99Ms: number
  /** The same of work that is always the same and takes as long as the median decision: what the machine adds to it. */
  readonly fixedP99Ms: number
  readonly reads: Reads
  readonly mostKeys: number
  readonly mostDocuments: number
  /** What mongod went through to answer: entries of indexes, and documents. */
  readonly examined?: Examined
  /** Shares of outcomes: a base in which nobody is found would be cheap. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** As delivered, but for the deadline: what a busy machine delays is to be seen, not cut off. */
const MATCHING = { errorBudget: 1e-4, deadlineMs: 60_000, limitPerKey: 400 }
const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const READS = ['keys', 'overflowed', 'documents', 'bytes', 'terms'] as const satisfies readonly (keyof Reads)[]

const averageOf = (all: readonly Reads[]): Reads =>
  Object.fromEntries(READS.map(name => [name, all.reduce((sum, reads) => sum + reads[name], 0) / all.length])) as Reads

type OfServer = Pick<DecisionCost, 'mongodCpuMs' | 'examined'>

/** Looks at what mongod does from now on. @returns tells it, of one decision of so many */
const watchServer = async (mongod: MongoStore | undefined): Promise<(count: number) => Promise<OfServer>> => {
  if (mongod === undefined) return async () => ({})
  const [before, secondsBefore] = [await mongod.examined(), await mongod.cpuSeconds()]
  return async count => {
    const [after, seconds] = [await mongod.examined(), await mongod.cpuSeconds()]
    return {
      mongodCpuMs: ((seconds - secondsBefore) * 1000) / count,
      examined: {
        keys: (after.keys - before.keys) / count,
        documents: (after.documents - before.documents) / count,
      },
    }
  }
}

/** How often all people are decided on; each pass begins with no name remembered, as the first one did. */
const PASSES = 3

/**
 * Decides on people one after the other by the very code of a login, decryption of the candidates included. The first
 * of them warm the code up; the pages of those who are measured have not been read by them.
 */
export const measureDecisions = async (
  base: OpenedBase,
  people: { readonly warmup: readonly Claimed[]; readonly measured: readonly Claimed[] },
  mongod: MongoStore | undefined,
): Promise<DecisionCost> => {
  const source = createSnapshotSource(base)
  const createDecideOn = () => {
    const matcher = createMatchIdentity({ source, matching: MATCHING, logger: NO_LOG })
    return async (identity: Claimed) => matcher.decideOn(await matcher.search(identity))
  }
  const warmUp = createDecideOn()
  for (const identity of people.warmup) await warmUp(identity)

  base.take()
  const reads: Reads[] = []
  const outcomes: Record<string, number> = {}
  const count = PASSES * people.measured.length
  let cpuMicros = 0
  /** @returns what each took, milliseconds */
  const pass = async (): Promise<number[]> => {
    const decideOn = createDecideOn()
    const times: number[] = []
    const cpuBefore = process.cpuUsage()
    for (const identity of people.measured) {
      const started = performance.now()
      const { outcome } = await decideOn(identity)
      times.push(performance.now() - started)
      reads.push(base.take())
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1 / count
    }
    const { user, system } = process.cpuUsage(cpuBefore)
    cpuMicros += user + system
    return times
  }

  const tell = await watchServer(mongod)
  const passes: number[][] = []
  const fixed: number[] = []
  for (let done = 0; done < PASSES; done += 1) {
    const times = await pass()
    passes.push(times)
    fixed.push(...measureFixedWork(quantile(times, 0.5), times.length))
  }
  return {
    cpuMs: cpuMicros / 1000 / count,
    p50Ms: quantile(passes.flat(), 0.5),
    p99Ms: quantile(passes.flat(), 0.99),
    calmP99Ms: quantile(leastOf(passes), 0.99),
    fixedP99Ms: quantile(fixed, 0.99),
    reads: averageOf(reads),
    mostKeys: Math.max(...reads.map(({ keys }) => keys)),
    mostDocuments: Math.max(...reads.map(({ documents }) => documents)),
    outcomes,
    ...(await tell(count)),
  }
}
