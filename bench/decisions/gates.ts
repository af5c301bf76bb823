import type { Backend } from '#bench/options.ts'
import { MAX_PROBES } from '#src/matching/blocking.ts'
import type { DecisionCost } from './measure-decisions.ts'
import type { CommandCost } from './watch-command.ts'

/** What was measured on one store at one size. */
export type Measured = {
  readonly backend: Backend
  readonly records: number
  readonly decision: DecisionCost
  readonly trained?: CommandCost
}

/** Of a base five times as large a decision may read three times as many records. */
const MOST_GROWTH = 3 / 5
/** Records a decision may read whatever the size (a family's), and more for each million. */
const DOCUMENTS = { always: 10, perMillion: 25 }
/** Bytes of a sealed record: what a few long addresses and the names in two forms come to. */
const BYTES_PER_DOCUMENT = 2048
/** Entries of an index and documents that mongod may go through for each record it gives back, with names and totals. */
const EXAMINED = { keys: 4, documents: 2 }

/** Of the process that trains, whatever the size of the base. */
const MOST_TRAINING_MIB = 1024

const ofOne = ({ backend, records, decision, trained }: Measured): string[] => {
  const { reads, mostKeys, examined } = decision
  const limits: readonly (readonly [what: string, found: number, most: number])[] = [
    ['keys of one decision', mostKeys, MAX_PROBES],
    ['documents', reads.documents, DOCUMENTS.always + (DOCUMENTS.perMillion * records) / 1e6],
    ['bytes', reads.bytes, reads.documents * BYTES_PER_DOCUMENT],
    ...(trained === undefined ? [] : ([['MiB of a training run', trained.rssMiB.most, MOST_TRAINING_MIB]] as const)),
    ...(examined === undefined
      ? []
      : ([
          ['index entries examined', examined.keys, EXAMINED.keys * (reads.documents + reads.keys + reads.terms)],
          ['documents examined', examined.documents, EXAMINED.documents * (reads.documents + reads.terms)],
        ] as const)),
  ]
  return limits
    .filter(([, found, most]) => !(found <= most))
    .map(
      ([what, found, most]) =>
        `${backend}, ${records} records: ${found.toFixed(1)} ${what}, ${most.toFixed(1)} at most`,
    )
}

const ofGrowth = (smaller: Measured, larger: Measured): string[] => {
  const most = Math.max(1, (MOST_GROWTH * larger.records) / smaller.records)
  const growth = larger.decision.reads.documents / smaller.decision.reads.documents
  return growth <= most
    ? []
    : [
        `${larger.backend}: from ${smaller.records} to ${larger.records} records ${growth.toFixed(2)} times the documents, ${most.toFixed(2)} at most`,
      ]
}

/**
 * What of decisions' reading is too much: by itself, and by how it grows with the base. Nothing here depends on the
 * machine.
 * @returns a line for each gate that does not hold
 */
export const failedGates = (all: readonly Measured[]): readonly string[] =>
  all.flatMap((one, at) => {
    const before = all[at - 1]
    return [...ofOne(one), ...(before?.backend === one.backend ? ofGrowth(before, one) : [])]
  })
