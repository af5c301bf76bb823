import type { ComparablePerson, CustomerKey, CustomerRecord } from '#src/kernel/customer.ts'

/** One customer record with its comparable form, made when it was written. */
export type Candidate = {
  readonly record: CustomerRecord
  readonly person: ComparablePerson
}

/**
 * What a search for candidates found.
 * `overflowed` names the keys under which there were more than `limit` records: what they would have brought is
 * unknown, so nothing may be linked on this answer alone.
 * `complete` is false when a source did not answer in time or only in part: such an answer never links.
 */
export type CandidateSet = {
  readonly candidates: readonly Candidate[]
  readonly overflowed: readonly string[]
  readonly complete: boolean
}

/** How often a name stands in the customer base: term → number of records; absent means never. */
export type TermCounts = {
  readonly total: number
  readonly counts: ReadonlyMap<string, number>
  /** False for a source that cannot count names, and tells only how many records it holds. */
  readonly counted?: boolean
}

/** A record that changed since somebody last looked whether that touches a link. */
export type RecordChange = CustomerKey & {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  /** How it was when somebody looked last; absent where there was none. */
  former(): Candidate | undefined
}

/** The changes that nobody has looked at yet. */
export type RecordChanges = {
  /** The oldest first, after the given one. */
  list(query: { after?: Pick<RecordChange, 'at' | 'id'>; limit: number }): Promise<readonly RecordChange[]>
  /** Forgets changes; a record that changed once more since stays. */
  settle(changes: readonly RecordChange[]): Promise<void>
  /** Records as they are; those that are not there are absent. */
  find(keys: readonly CustomerKey[]): Promise<readonly Candidate[]>
}

/** Read-only access to the service lines' customer records. Over-returning is fine, missing is not. */
export type CustomerSource = {
  readonly id: string
  /** All records that share at least one blocking key with the probes, each once; `person` is who is looked for. */
  findCandidates(probes: readonly string[], limitPerKey: number, person: ComparablePerson): Promise<CandidateSet>
  /** Frequencies of `first:<name>` and `family:<name>` terms over the whole base. */
  termCounts(terms: readonly string[]): Promise<TermCounts>
  /** The records of one customer number, over all service lines; for a proof, not for matching. */
  findByCustomerId(customerId: string): Promise<readonly Candidate[]>
}
