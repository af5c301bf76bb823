import { compareCustomerKeys } from '#src/kernel/customer.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { findBatch } from '#src/store/mongo/connection/find-batch.ts'
import { createGather } from '#src/store/mongo/connection/gather.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import type { Collections } from './documents.ts'

/** A search that finds no more than this needs one query; with five million records nearly all do. */
const FIRST_PAGE = 200
/** Larger searches are rare; they come in few round trips. */
const BATCH = 1000

const NUMBERS_TOGETHER = 20

/** Sealed records: letters and digits alone, which nobody needs to hold against the rules of UTF-8, character by character. */
export const FOUND = {
  ...LIMIT,
  projection: { _id: 0, serviceLine: 1, customerId: 1, document: 1 },
  enableUtf8Validation: false,
} as const

/** Searches by blocking keys. @throws PiasError `store.unavailable` */
export const createFindByKeys = ({ db, run }: Connection, { customers }: Collections): CustomersPort['findByKeys'] => {
  const firstHolders = (keys: readonly string[], limit: number): Promise<FoundCustomer[]> =>
    findBatch<FoundCustomer>(db, customers, { keys: { $in: keys } }, { ...FOUND, limit, most: limit })

  const allHolders = (keys: readonly string[]): Promise<FoundCustomer[]> =>
    customers.find<FoundCustomer>({ keys: { $in: [...keys] } }, { ...FOUND, batchSize: BATCH }).toArray()

  /** Counted from the index alone, and no further than needed. */
  const overflows = async (key: string, limitPerKey: number): Promise<boolean> =>
    (await customers.countDocuments({ keys: { $eq: key } }, { ...LIMIT, limit: limitPerKey + 1 })) > limitPerKey

  /** Too many for one page: learn first which keys tell nothing, so that their records are never fetched. */
  const findMany = async (keys: readonly string[], limitPerKey: number) => {
    const overflowing = await Promise.all(keys.map(key => overflows(key, limitPerKey)))
    const overflowed = keys.filter((_, index) => overflowing[index])
    const telling = keys.filter((_, index) => !overflowing[index])
    return { found: telling.length === 0 ? [] : await allHolders(telling), overflowed }
  }

  return (keys, limitPerKey) =>
    run(async () => {
      const wanted = [...new Set(keys)]
      if (wanted.length === 0) return { records: [], overflowed: [] }
      const limit = Math.min(FIRST_PAGE, limitPerKey) + 1
      const first = await firstHolders(wanted, limit)
      const { found, overflowed } =
        first.length < limit ? { found: first, overflowed: [] } : await findMany(wanted, limitPerKey)
      return { records: found.sort(compareCustomerKeys), overflowed }
    })
}

/** The records of some customer numbers that are asked for at once are one query; they fit into its first answer. */
export const createFindByCustomerId = ({ customers }: Collections) =>
  createGather(NUMBERS_TOGETHER, async (ids: readonly string[]): Promise<readonly FoundCustomer[][]> => {
    const options = { ...FOUND, sort: { customerId: 1, serviceLine: 1 } } as const
    const found = await customers.find<FoundCustomer>({ customerId: { $in: [...new Set(ids)] } }, options).toArray()
    return ids.map(id => found.filter(({ customerId }) => customerId === id))
  })
