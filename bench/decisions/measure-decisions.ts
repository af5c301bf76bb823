import { quantile } from '#bench/report/statistics.ts'
import type { Examined, MongoStore } from '#bench/stores/mongo-store.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { type Claimed, createMatchIdentity } from '#src/linking/match-identity.ts'
import type { OpenedBase } from './base-store.ts'
import type { Reads } from './counting-customers.ts'

/** What one decision costs, on average where nothing else is said. */
export type DecisionCost = {
  readonly cpuMs: number
  readonly mongodCpuMs?: number
  readonly p50Ms: number
  readonly p99Ms: number
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
  const matcher = createMatchIdentity({ source, matching: MATCHING, logger: NO_LOG })
  const decideOn = async (identity: Claimed) => matcher.decideOn(await matcher.search(identity))
  for (const identity of people.warmup) await decideOn(identity)

  base.take()
  const times: number[] = []
  const reads: Reads[] = []
  const outcomes: Record<string, number> = {}
  const examinedBefore = await mongod?.examined()
  const mongodBefore = await mongod?.cpuSeconds()
  const cpuBefore = process.cpuUsage()
  for (const identity of people.measured) {
    const started = performance.now()
    const { outcome } = await decideOn(identity)
    times.push(performance.now() - started)
    reads.push(base.take())
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1 / people.measured.length
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const count = people.measured.length
  const mongodAfter = await mongod?.cpuSeconds()
  const examined = await mongod?.examined()
  return {
    cpuMs: (user + system) / 1000 / count,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    reads: averageOf(reads),
    mostKeys: Math.max(...reads.map(({ keys }) => keys)),
    mostDocuments: Math.max(...reads.map(({ documents }) => documents)),
    outcomes,
    ...(mongodBefore !== undefined &&
      mongodAfter !== undefined && { mongodCpuMs: ((mongodAfter - mongodBefore) * 1000) / count }),
    ...(examinedBefore !== undefined &&
      examined !== undefined && {
        examined: {
          keys: (examined.keys - examinedBefore.keys) / count,
          documents: (examined.documents - examinedBefore.documents) / count,
        },
      }),
  }
}
