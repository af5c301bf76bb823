import { randomUUID } from 'node:crypto'
import type { AnyBulkWriteOperation, Collection, Document, Filter, WithId } from 'mongodb'
import { LIMIT } from '#src/store/mongo/connection/connection.ts'

/** What waits for its time: `tries` counts how often it was taken, `taker` names whoever took it last. */
export type Due = { _id: string; dueAt: number; tries: number; taker?: string }

/**
 * Takes what is due, the longest due first, in two commands however much it is: all are found, and all taken by one update that
 * holds for those nobody else was faster at. Only where somebody was, it is asked which.
 * @param query.until when it is due again
 * @returns what was taken, as it was found
 */
export const takeDue = async <Stored extends Due>(
  stored: Collection<Stored>,
  query: { which?: Document; now: number; until: number; limit: number },
): Promise<WithId<Stored>[]> => {
  const { which = {}, now, until, limit } = query
  const isDue = { ...which, dueAt: { $lte: now } } as Filter<Stored>
  const found = await stored.find(isDue, { ...LIMIT, sort: { dueAt: 1 }, limit }).toArray()
  if (found.length === 0) return []
  const taker = randomUUID()
  const updates = found.map(({ _id, dueAt, tries }) => ({
    updateOne: {
      filter: { _id: { $eq: _id }, dueAt: { $eq: dueAt }, tries: { $eq: tries } },
      update: { $set: { dueAt: until, taker }, $inc: { tries: 1 } },
    },
  })) as unknown as AnyBulkWriteOperation<Stored>[]
  const { modifiedCount } = await stored.bulkWrite(updates, { ...LIMIT, ordered: false })
  if (modifiedCount === found.length) return found
  const mine = { _id: { $in: found.map(({ _id }) => _id) }, taker: { $eq: taker } } as unknown as Filter<Stored>
  const taken = await stored.find(mine, { ...LIMIT, projection: { _id: 1 } }).toArray()
  const ids = new Set(taken.map(({ _id }) => _id))
  return found.filter(({ _id }) => ids.has(_id))
}
