import type { AnyBulkWriteOperation, ClientSession } from 'mongodb'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { Connection } from '#src/store/mongo/connection/connection.ts'
import { isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { CustomersPort, StoredCustomer } from '#src/store/ports/customers.ts'
import type { Collections, CustomerDocument } from './documents.ts'

/** Imports that meet wait for each other; with sixteen of them the last one meets many. */
const RETRIES = 50

type Known = Pick<CustomerDocument, 'digest' | 'terms'>
type KnownById = ReadonlyMap<string, Known>
type Outcomes = Awaited<ReturnType<CustomersPort['upsertMany']>>

/** What a batch comes to: the records to write, by how much each term's count changes, and how many were what. */
type Plan = {
  readonly writes: ReadonlyMap<string, CustomerDocument>
  readonly termChanges: ReadonlyMap<string, number>
  readonly outcomes: Outcomes
}

const toDocument = (customer: StoredCustomer): CustomerDocument => ({
  _id: customerKeyOf(customer),
  serviceLine: customer.serviceLine,
  customerId: customer.customerId,
  document: customer.document,
  digest: customer.digest,
  keys: [...new Set(customer.keys)],
  terms: [...new Set(customer.terms)],
})

/** Goes through the batch as if it were written one by one: of several versions of a record the last one stays. */
const planOf = (records: readonly StoredCustomer[], known: KnownById): Plan => {
  const writes = new Map<string, CustomerDocument>()
  const termChanges = new Map<string, number>()
  const outcomes = { inserted: 0, updated: 0, unchanged: 0 }
  const count = (terms: readonly string[], by: 1 | -1): void => {
    for (const term of terms) termChanges.set(term, (termChanges.get(term) ?? 0) + by)
  }
  for (const record of records) {
    const id = customerKeyOf(record)
    const former = writes.get(id) ?? known.get(id)
    if (former?.digest === record.digest) {
      outcomes.unchanged += 1
      continue
    }
    const document = toDocument(record)
    if (former !== undefined) count(former.terms, -1)
    count(document.terms, 1)
    writes.set(id, document)
    outcomes[former === undefined ? 'inserted' : 'updated'] += 1
  }
  return { writes, termChanges, outcomes }
}

const createWritePlan =
  ({ customers, terms }: Collections) =>
  async ({ writes, termChanges }: Plan, known: KnownById, session: ClientSession): Promise<void> => {
    const options = { session, ordered: false }
    const records = [...writes.values()].map((document): AnyBulkWriteOperation<CustomerDocument> => {
      if (!known.has(document._id)) return { insertOne: { document } }
      const { _id, ...replacement } = document
      return { replaceOne: { filter: { _id: { $eq: _id } }, replacement } }
    })
    await customers.bulkWrite(records, options)

    const changes = [...termChanges].filter(([, change]) => change !== 0)
    if (changes.length === 0) return
    await terms.bulkWrite(
      changes.map(([term, change]) => ({
        updateOne: { filter: { _id: { $eq: term } }, update: { $inc: { records: change } }, upsert: true },
      })),
      options,
    )
    const fewer = changes.filter(([, change]) => change < 0).map(([term]) => term)
    if (fewer.length > 0) await terms.deleteMany({ _id: { $in: fewer }, records: { $lte: 0 } }, { session })
  }

/**
 * Writes a batch of customer records in one transaction; about a thousand at a time is best. A batch in which nothing
 * changed costs one query.
 */
export const createUpsertMany = (
  { run, transact }: Connection,
  collections: Collections,
): CustomersPort['upsertMany'] => {
  const { customers, totals } = collections
  const writePlan = createWritePlan(collections)

  const readKnown = async (records: readonly StoredCustomer[], session?: ClientSession): Promise<KnownById> => {
    const ids = [...new Set(records.map(customerKeyOf))]
    const options = { projection: { digest: 1, terms: 1 }, batchSize: ids.length + 1, ...(session && { session }) }
    const found = await customers.find({ _id: { $in: ids } }, options).toArray()
    return new Map(found.map(({ _id, digest, terms }) => [_id, { digest, terms }]))
  }

  const writeChanges = (records: readonly StoredCustomer[]): Promise<Outcomes> =>
    transact(async session => {
      // First of all, so that imports that meet notice it here and not after their work.
      const lock = { $inc: { imports: 1 } }
      await totals.updateOne({ _id: { $eq: 'customers' } }, lock, { session, upsert: true })
      const known = await readKnown(records, session)
      const plan = planOf(records, known)
      if (plan.writes.size === 0) return plan.outcomes
      await writePlan(plan, known, session)
      await totals.updateOne({ _id: { $eq: 'customers' } }, { $inc: { records: plan.outcomes.inserted } }, { session })
      return plan.outcomes
    })

  return records =>
    run(async () => {
      const { writes, outcomes } = planOf(records, await readKnown(records))
      if (writes.size === 0) return outcomes
      return retrying(RETRIES, isRetryable, () => writeChanges(records))
    })
}
