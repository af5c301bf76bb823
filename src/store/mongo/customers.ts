import { compareCustomerKeys, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { createGather } from '#src/store/mongo/connection/gather.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { createWrite } from './customers-write.ts'
import { type Collections, lineId, termId } from './documents.ts'

/** A search that finds no more than this needs one query; with five million records nearly all do. */
const FIRST_PAGE = 200
/** Larger searches are rare; they come in few round trips. */
const BATCH = 1000

const NUMBERS_TOGETHER = 20

const LINE_IDS = SERVICE_LINES.map(lineId)
const totalOf = (found: ReadonlyMap<string, number>): number =>
  LINE_IDS.reduce((sum, id) => sum + (found.get(id) ?? 0), 0)

/** What was found by the ids of documents, by the names that they stand for. */
const named = <Name>(found: ReadonlyMap<string, number>, names: ReadonlyMap<string, Name>): Map<Name, number> =>
  new Map(
    [...names].flatMap(([id, name]): [Name, number][] => (found.has(id) ? [[name, found.get(id) as number]] : [])),
  )

/** Sealed records: letters and digits alone, which nobody needs to hold against the rules of UTF-8, character by character. */
const FOUND = {
  ...LIMIT,
  projection: { _id: 0, serviceLine: 1, customerId: 1, document: 1 },
  enableUtf8Validation: false,
} as const

const createFindByKeys = ({ run }: Connection, { customers }: Collections): CustomersPort['findByKeys'] => {
  const holders = (keys: readonly string[], limit?: number): Promise<FoundCustomer[]> =>
    customers
      .find<FoundCustomer>(
        { keys: { $in: [...keys] } },
        { ...FOUND, batchSize: BATCH, ...(limit !== undefined && { limit }) },
      )
      .toArray()

  /** Counted from the index alone, and no further than needed. */
  const overflows = async (key: string, limitPerKey: number): Promise<boolean> =>
    (await customers.countDocuments({ keys: { $eq: key } }, { ...LIMIT, limit: limitPerKey + 1 })) > limitPerKey

  /** Too many for one page: learn first which keys tell nothing, so that their records are never fetched. */
  const findMany = async (keys: readonly string[], limitPerKey: number) => {
    const overflowing = await Promise.all(keys.map(key => overflows(key, limitPerKey)))
    const overflowed = keys.filter((_, index) => overflowing[index])
    const telling = keys.filter((_, index) => !overflowing[index])
    return { found: telling.length === 0 ? [] : await holders(telling), overflowed }
  }

  return (keys, limitPerKey) =>
    run(async () => {
      const wanted = [...new Set(keys)]
      if (wanted.length === 0) return { records: [], overflowed: [] }
      const limit = Math.min(FIRST_PAGE, limitPerKey) + 1
      const first = await holders(wanted, limit)
      const { found, overflowed } =
        first.length < limit ? { found: first, overflowed: [] } : await findMany(wanted, limitPerKey)
      return { records: found.sort(compareCustomerKeys), overflowed }
    })
}

/** The records of some customer numbers that are asked for at once are one query; they fit into its first answer. */
const createFindByCustomerId = ({ customers }: Collections) =>
  createGather(NUMBERS_TOGETHER, async (ids: readonly string[]): Promise<readonly FoundCustomer[][]> => {
    const options = { ...FOUND, sort: { customerId: 1, serviceLine: 1 } } as const
    const found = await customers.find<FoundCustomer>({ customerId: { $in: [...new Set(ids)] } }, options).toArray()
    return ids.map(id => found.filter(({ customerId }) => customerId === id))
  })

/** Changes that nobody has looked at yet, for a connection that has time. */
const createChanges = (
  { run }: Connection,
  { changes }: Collections,
): Pick<CustomersPort, 'notedChanges' | 'settleChanges'> => ({
  notedChanges: ({ after, limit }) =>
    run(async () => {
      const beyond =
        after === undefined
          ? {}
          : { $or: [{ at: { $gt: after.at } }, { at: { $eq: after.at }, change: { $gt: after.id } }] }
      const found = await changes.find(beyond, { sort: { at: 1, change: 1 }, limit, batchSize: limit }).toArray()
      return found.map(({ _id, change, ...noted }) => ({ ...noted, id: change }))
    }),

  settleChanges: settled =>
    run(async () => {
      if (settled.length === 0) return
      const filters = settled.map(one => ({ _id: { $eq: customerKeyOf(one) }, change: { $eq: one.id } }))
      await changes.bulkWrite(
        filters.map(filter => ({ deleteOne: { filter } })),
        { ordered: false },
      )
    }),
})

/** Customer records, their blocking keys and name frequencies on MongoDB. Imports use a connection of their own. */
export const createCustomers = (
  connection: Connection,
  collections: Collections,
  bulk: { connection: Connection; collections: Collections },
): CustomersPort => {
  const { run } = connection
  const { customers, terms } = collections
  const findByCustomerId = createFindByCustomerId(collections)
  /** Numbers of records by the ids of {@link TermDocument}. */
  const countAll = (ids: readonly string[]): Promise<ReadonlyMap<string, number>> =>
    run(async () => {
      const options = { ...LIMIT, batchSize: ids.length + 1, enableUtf8Validation: false } as const
      const found = await terms.find({ _id: { $in: [...ids] } }, options).toArray()
      return new Map(found.map(({ _id, records }) => [_id, records]))
    })

  return {
    write: createWrite(bulk.connection, bulk.collections),
    ...createChanges(bulk.connection, bulk.collections),
    findByKeys: createFindByKeys(connection, collections),

    unchanged: records =>
      bulk.connection.run(async () => {
        const digests = new Map(records.map(record => [customerKeyOf(record), record.digest]))
        const query = { _id: { $in: [...digests.keys()] } }
        const options = { projection: { digest: 1 }, batchSize: digests.size + 1 }
        const found = await bulk.collections.customers.find(query, options).toArray()
        return new Set(found.filter(({ _id, digest }) => digests.get(_id) === digest).map(({ _id }) => _id))
      }),

    find: keys =>
      run(async () => {
        const query = { _id: { $in: [...new Set(keys.map(customerKeyOf))] } }
        return (await customers.find<FoundCustomer>(query, FOUND).toArray()).sort(compareCustomerKeys)
      }),

    findByCustomerId: customerId => run(() => findByCustomerId(customerId)),

    page: ({ after, limit }) =>
      run(async () => {
        const beyond = after === undefined ? {} : { _id: { $gt: after } }
        const options = { ...FOUND, sort: { _id: 1 }, limit, batchSize: limit } as const
        const records = await customers.find<FoundCustomer>(beyond, options).toArray()
        const last = records.at(-1)
        return { records, ...(last !== undefined && records.length === limit && { next: customerKeyOf(last) }) }
      }),

    termCounts: async asked => {
      const ids = new Map(asked.map(term => [termId(term), term]))
      const found = await countAll([...LINE_IDS, ...ids.keys()])
      return { total: totalOf(found), counts: named(found, ids) }
    },

    countByLine: async () => {
      const ids = new Map(SERVICE_LINES.map(line => [lineId(line), line]))
      return named(await countAll(LINE_IDS), ids)
    },

    count: async () => totalOf(await countAll(LINE_IDS)),
  }
}
