import type { CustomerKey, ServiceLine } from '#src/kernel/customer.ts'

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

/** What happens to one record: it is put in place of whatever was there, or it is withdrawn. */
export type CustomerChange =
  | {
      readonly kind: 'put'
      readonly record: StoredCustomer
      /** The record belongs to an account although it may be new here: noted even then. */
      readonly watched?: boolean
    }
  | { readonly kind: 'remove'; readonly key: CustomerKey }

/** What became of changes; `absent` are records that were to be removed and were not there. */
export type ChangeOutcomes = {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly removed: number
  readonly absent: number
}

/**
 * A record that is no longer what it was, until somebody has looked whether that touches a link. `former` is the document
 * that stood there before the first change since the last look; where nothing did, the one that was put first, and
 * `fresh` says so.
 */
export type NotedChange = CustomerKey & {
  /** Another one with each change of the record. */
  readonly id: string
  /** When it last changed, epoch milliseconds. */
  readonly at: number
  readonly former: string
  readonly fresh: boolean
}

/** The customer records of all service lines, by key and by blocking key, with name frequencies kept in step. */
export type CustomersPort = {
  /**
   * Applies changes in their order, in one transaction. A record with the same key and digest is left alone; another
   * digest replaces it, keys, terms and all. What is updated or removed is noted for {@link CustomersPort.notedChanges}.
   * @param at when that is, epoch milliseconds
   */
  write(changes: readonly CustomerChange[], at: number): Promise<ChangeOutcomes>
  /** Which of these records are stored with this very digest, as `customerKeyOf`. */
  unchanged(records: readonly (CustomerKey & Pick<StoredCustomer, 'digest'>)[]): Promise<ReadonlySet<string>>
  /** Records that changed and were not looked at since, the oldest first, after the given one. */
  notedChanges(query: { after?: Pick<NotedChange, 'at' | 'id'>; limit: number }): Promise<readonly NotedChange[]>
  /** Forgets changes that were looked at; one that changed meanwhile has another id and stays. */
  settleChanges(changes: readonly (CustomerKey & Pick<NotedChange, 'id'>)[]): Promise<void>
  /**
   * All records that hold one of the keys, each once, in the order of service line and customer id.
   * A key with more than `limitPerKey` records yields none of them by itself and is named in `overflowed`.
   */
  findByKeys(
    keys: readonly string[],
    limitPerKey: number,
  ): Promise<{ records: readonly FoundCustomer[]; overflowed: readonly string[] }>
  /** The records with these keys, in the order of service line and customer id; those that are not there are absent. */
  find(keys: readonly CustomerKey[]): Promise<readonly FoundCustomer[]>
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
  /** Number of records that hold each term, of all there are; terms nobody holds are absent. */
  termCounts(
    terms: readonly string[],
  ): Promise<{ readonly total: number; readonly counts: ReadonlyMap<string, number> }>
  /** Number of records of each service line; lines without any are absent. */
  countByLine(): Promise<ReadonlyMap<ServiceLine, number>>
  /** Number of all records. */
  count(): Promise<number>
}
