import { compareCustomerKeys, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { findBatch } from '#src/store/mongo/connection/find-batch.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { createFindByCustomerId, createFindByKeys, FOUND } from './customers-find.ts'
import { createWrite } from './customers-write.ts'
import { type Collections, lineId, type TermDocument, termId } from './documents.ts'

const LINE_IDS = SERVICE_LINES.map(lineId)
const totalOf = (found: ReadonlyMap<string, number>): number =>
  LINE_IDS.reduce((sum, id) => sum + (found.get(id) ?? 0), 0)

/** What was found by the ids of documents, by the names that they stand for. */
const named = <Name>(found: ReadonlyMap<string, number>, names: ReadonlyMap<string, Name>): Map<Name, number> =>
  new Map(
    [...names].flatMap(([id, name]): [Name, number][] => (found.has(id) ? [[name, found.get(id) as number]] : [])),
  )

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
  const { db, run } = connection
  const { customers, terms } = collections
  const findByCustomerId = createFindByCustomerId(collections)
  /** Numbers of records by the ids of {@link TermDocument}. */
  const countAll = (ids: readonly string[]): Promise<ReadonlyMap<string, number>> =>
    run(async () => {
      const options = { ...LIMIT, most: ids.length, enableUtf8Validation: false }
      const found = await findBatch<TermDocument>(db, terms, { _id: { $in: ids } }, options)
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
