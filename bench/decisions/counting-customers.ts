import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'

/** What decisions read of a store. */
export type Reads = {
  /** Blocking keys looked up. */
  readonly keys: number
  /** Keys dropped because too many records hold them. */
  readonly overflowed: number
  /** Records that came back, and the length of their sealed documents. */
  readonly documents: number
  readonly bytes: number
  /** Frequencies of names looked up. */
  readonly terms: number
}

const NOTHING: Reads = { keys: 0, overflowed: 0, documents: 0, bytes: 0, terms: 0 }

const bytesOf = (records: readonly FoundCustomer[]): number =>
  records.reduce((sum, { document }) => sum + Buffer.byteLength(document), 0)

/** Wraps customer records below their encryption and counts what is read. `take` gives the counts and begins anew. */
export const countReads = (customers: CustomersPort): { customers: CustomersPort; take: () => Reads } => {
  let reads = NOTHING
  return {
    customers: {
      ...customers,
      findByKeys: async (keys, limitPerKey) => {
        const found = await customers.findByKeys(keys, limitPerKey)
        reads = {
          ...reads,
          keys: reads.keys + keys.length,
          overflowed: reads.overflowed + found.overflowed.length,
          documents: reads.documents + found.records.length,
          bytes: reads.bytes + bytesOf(found.records),
        }
        return found
      },
      termCounts: async terms => {
        reads = { ...reads, terms: reads.terms + terms.length }
        return customers.termCounts(terms)
      },
    },
    take: () => {
      const taken = reads
      reads = NOTHING
      return taken
    },
  }
}
