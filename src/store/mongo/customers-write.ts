import { randomBytes } from 'node:crypto'
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb'
import { type CustomerKey, customerKeyOf, parseCustomerKey } from '#src/kernel/customer.ts'
import type { Connection } from '#src/store/mongo/connection/connection.ts'
import type { ChangeOutcomes, CustomerChange, CustomersPort, StoredCustomer } from '#src/store/ports/customers.ts'
import { type Collections, type CustomerChangeDocument, type CustomerDocument, lineId, termId } from './documents.ts'

/** Imports that meet wait for each other; with sixteen of them the last one meets many. */
const RETRIES = 50
/** How many bytes make the id of a noted change. */
const ID_BYTES = 12

type Known = Pick<CustomerDocument, '_id' | 'digest' | 'terms'>
type KnownById = ReadonlyMap<string, Known>

/** What changes come to: records to write or to remove, and by how much the count of each term and service line does. */
type Plan = {
  /** Undefined for a record that is to be gone. */
  readonly writes: ReadonlyMap<string, CustomerDocument | undefined>
  /** Records to note, each as its first change found it or, where it was not there, made it. */
  readonly notes: ReadonlyMap<string, CustomerKey & { readonly put: string }>
  /** By the ids of {@link TermDocument}. */
  readonly countChanges: ReadonlyMap<string, number>
  readonly outcomes: ChangeOutcomes
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

/** Goes through the changes as if they were written one by one: of several versions of a record the last one stays. */
const planOf = (changes: readonly CustomerChange[], known: KnownById): Plan => {
  const writes = new Map<string, CustomerDocument | undefined>()
  const notes = new Map<string, CustomerKey & { readonly put: string }>()
  const countChanges = new Map<string, number>()
  const outcomes = { inserted: 0, updated: 0, unchanged: 0, removed: 0, absent: 0 }
  const count = ({ _id, terms }: Known, by: 1 | -1): void => {
    for (const id of [lineId(parseCustomerKey(_id).serviceLine), ...terms.map(termId)]) {
      countChanges.set(id, (countChanges.get(id) ?? 0) + by)
    }
  }
  const formerOf = (id: string): Known | undefined => (writes.has(id) ? writes.get(id) : known.get(id))

  const put = (record: StoredCustomer, watched: boolean): keyof ChangeOutcomes => {
    const document = toDocument(record)
    const { _id } = document
    const former = formerOf(_id)
    if (former?.digest === record.digest) return 'unchanged'
    if (former !== undefined) count(former, -1)
    count(document, 1)
    writes.set(_id, document)
    const { serviceLine, customerId } = record
    if (!notes.has(_id) && (former !== undefined || watched)) {
      notes.set(_id, { serviceLine, customerId, put: document.document })
    }
    return former === undefined ? 'inserted' : 'updated'
  }

  const remove = (key: CustomerKey): keyof ChangeOutcomes => {
    const id = customerKeyOf(key)
    const former = formerOf(id)
    if (former === undefined) return 'absent'
    count(former, -1)
    if (!notes.has(id)) notes.set(id, { ...key, put: (writes.get(id) as CustomerDocument | undefined)?.document ?? '' })
    writes.set(id, undefined)
    return 'removed'
  }

  for (const change of changes) {
    outcomes[change.kind === 'put' ? put(change.record, change.watched === true) : remove(change.key)] += 1
  }
  return { writes, notes, countChanges, outcomes }
}

const toOperation = (
  [_id, document]: readonly [string, CustomerDocument | undefined],
  known: KnownById,
): AnyBulkWriteOperation<CustomerDocument> => {
  if (document === undefined) return { deleteOne: { filter: { _id: { $eq: _id } } } }
  if (!known.has(_id)) return { insertOne: { document } }
  const { _id: _, ...replacement } = document
  return { replaceOne: { filter: { _id: { $eq: _id } }, replacement } }
}

const createWritePlan = ({ customers, terms, changes }: Collections) => {
  /** What stood there before the first change since the last look stays in a note that exists. */
  const writeNotes = async ({ notes }: Plan, at: number, session: ClientSession): Promise<void> => {
    if (notes.size === 0) return
    const query = { _id: { $in: [...notes.keys()] } }
    const found = await customers
      .find(query, { session, projection: { document: 1 }, batchSize: notes.size + 1 })
      .toArray()
    const formers = new Map(found.map(({ _id, document }) => [_id, document]))
    const toUpdate = ([_id, { put, ...key }]: readonly [
      string,
      CustomerKey & { readonly put: string },
    ]): AnyBulkWriteOperation<CustomerChangeDocument> => {
      const former = formers.get(_id)
      const first = { ...key, former: former ?? put, fresh: former === undefined }
      const change = randomBytes(ID_BYTES).toString('base64url')
      return {
        updateOne: {
          filter: { _id: { $eq: _id } },
          update: { $set: { change, at }, $setOnInsert: first },
          upsert: true,
        },
      }
    }
    await changes.bulkWrite([...notes].map(toUpdate), { session, ordered: false })
  }

  const writeCounts = async ({ countChanges }: Plan, session: ClientSession): Promise<void> => {
    const counted = [...countChanges].filter(([, change]) => change !== 0)
    if (counted.length === 0) return
    await terms.bulkWrite(
      counted.map(([_id, change]) => ({
        updateOne: { filter: { _id: { $eq: _id } }, update: { $inc: { records: change } }, upsert: true },
      })),
      { session, ordered: false },
    )
    const fewer = counted.filter(([, change]) => change < 0).map(([id]) => id)
    if (fewer.length > 0) await terms.deleteMany({ _id: { $in: fewer }, records: { $lte: 0 } }, { session })
  }

  return async (plan: Plan, known: KnownById, at: number, session: ClientSession): Promise<void> => {
    await writeNotes(plan, at, session)
    const operations = [...plan.writes]
      .filter(([id, document]) => document !== undefined || known.has(id))
      .map(write => toOperation(write, known))
    if (operations.length > 0) await customers.bulkWrite(operations, { session, ordered: false })
    await writeCounts(plan, session)
  }
}

/** Applies changes of customer records in one transaction; about a thousand at a time is best. */
export const createWrite = ({ transaction }: Connection, collections: Collections): CustomersPort['write'] => {
  const { customers, totals } = collections
  const writePlan = createWritePlan(collections)

  const readKnown = async (changes: readonly CustomerChange[], session: ClientSession): Promise<KnownById> => {
    const ids = [...new Set(changes.map(one => customerKeyOf(one.kind === 'put' ? one.record : one.key)))]
    const options = { projection: { digest: 1, terms: 1 }, batchSize: ids.length + 1, session }
    const found = await customers.find({ _id: { $in: ids } }, options).toArray()
    return new Map(found.map(known => [known._id, known]))
  }

  const write = (changes: readonly CustomerChange[], at: number): Promise<ChangeOutcomes> =>
    transaction(RETRIES, async session => {
      // First of all, so that imports that meet notice it here and not after their work.
      const lock = { $inc: { imports: 1 } }
      await totals.updateOne({ _id: { $eq: 'customers' } }, lock, { session, upsert: true })
      const known = await readKnown(changes, session)
      const plan = planOf(changes, known)
      if (plan.writes.size > 0) await writePlan(plan, known, at, session)
      return plan.outcomes
    })

  return async (changes, at) => {
    if (changes.length === 0) return { inserted: 0, updated: 0, unchanged: 0, removed: 0, absent: 0 }
    return write(changes, at)
  }
}
