import { randomUUID } from 'node:crypto'
import type { AnyBulkWriteOperation, Collection, Document, Filter } from 'mongodb'
import { LIMIT } from '#src/store/mongo/connection/connection.ts'

/** A change of one document, which is made only if the document is as the filter says. */
export type Update = {
  readonly id: string
  readonly filter: Document
  readonly change: { readonly $set: Document; readonly [operator: string]: Document }
}

/**
 * Changes several documents in one command. Each is marked (`taker`), so that it can be asked which were changed where not all were.
 * @returns of each whether it was as its filter says; of two for one document, the first
 */
export const updateEach = async <Stored extends { _id: string; taker?: string }>(
  stored: Collection<Stored>,
  updates: readonly Update[],
): Promise<readonly boolean[]> => {
  const taker = randomUUID()
  const operations = updates.map(({ id, filter, change }) => ({
    updateOne: {
      filter: { _id: { $eq: id }, ...filter },
      update: { ...change, $set: { ...change.$set, taker } },
    },
  })) as unknown as AnyBulkWriteOperation<Stored>[]
  const { matchedCount } = await stored.bulkWrite(operations, { ...LIMIT, ordered: false })
  if (matchedCount === 0 || matchedCount === updates.length) return updates.map(() => matchedCount > 0)
  const marked = { _id: { $in: updates.map(({ id }) => id) }, taker: { $eq: taker } } as unknown as Filter<Stored>
  const found = await stored.find(marked, { ...LIMIT, projection: { _id: 1 } }).toArray()
  const changed = new Set<string>(found.map(({ _id }) => _id as string))
  return updates.map(({ id }) => changed.delete(id))
}
