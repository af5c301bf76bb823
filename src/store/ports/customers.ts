import type { CustomerKey } from '#src/kernel/customer.ts'

/**
 * A customer record as stored. `document` holds the record and its comparable form as one opaque text (one decryption
 * per candidate once it is encrypted); `keys` and `terms` are what is looked up; `digest` tells an unchanged record.
 */
export type StoredCustomer = CustomerKey & {
  readonly document: string
  readonly digest: string
  readonly keys: readonly string[]
  readonly terms: readonly string[]
}

/** A customer record as found. */
export type FoundCustomer = Pick<StoredCustomer, 'serviceLine' | 'customerId' | 'document'>

/** The customer records of all service lines, by key and by blocking key, with name frequencies kept in step. */
export type CustomersPort = {
  /** One transaction. A record with the same key and digest is left alone; another digest replaces it, keys, terms and all. */
  upsertMany(records: readonly StoredCustomer[]): Promise<{ inserted: number; updated: number; unchanged: number }>
  /**
   * All records that hold one of the keys, each once, in the order of service line and customer id.
   * A key with more than `limitPerKey` records yields none of them by itself and is named in `overflowed`.
   */
  findByKeys(
    keys: readonly string[],
    limitPerKey: number,
  ): Promise<{ records: readonly FoundCustomer[]; overflowed: readonly string[] }>
  /** The records with this customer id in any service line, in the order of service lines. */
  findByCustomerId(customerId: string): Promise<readonly FoundCustomer[]>
  /**
   * All records, some at a time, for whoever must see the whole base. `after` is the `next` of the page before; a page
   * without `next` is the last. Records that are written meanwhile may be in it or not; those there all along are, once.
   */
  page(query: {
    after?: string
    limit: number
  }): Promise<{ readonly records: readonly FoundCustomer[]; readonly next?: string }>
  /** Number of records that hold each term; terms nobody holds are absent. */
  termCounts(terms: readonly string[]): Promise<ReadonlyMap<string, number>>
  count(): Promise<number>
}
