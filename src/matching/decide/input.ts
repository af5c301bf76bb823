import type { ComparablePerson, CustomerKey, CustomerRecord } from '#src/kernel/customer.ts'
import type { MatchModel } from '#src/matching/model.ts'

/** A customer record with its comparable form; structurally the customer port's `Candidate`. */
export type MatchCandidate = {
  readonly record: CustomerRecord
  readonly person: ComparablePerson
}

/** How often names stand in the customer base; structurally the customer port's `TermCounts`. */
export type NameFrequencies = {
  readonly total: number
  readonly counts: ReadonlyMap<string, number>
}

/** Everything a decision follows from; the same input gives the same decision, in whatever order the candidates come. */
export type DecideInput = {
  readonly identity: ComparablePerson
  /** Each record once. */
  readonly candidates: readonly MatchCandidate[]
  /** Counts of the terms of the identity and of the candidates. */
  readonly termCounts: NameFrequencies
  /** Blocking keys whose records are unknown because they were too many. */
  readonly overflowed: readonly string[]
  /** False when the search ended before all its answers were in. */
  readonly complete: boolean
  readonly model: MatchModel
  /** Records that the person has proved to be his own: they are linked, and act as anchors. */
  readonly proven?: readonly CustomerKey[]
}
