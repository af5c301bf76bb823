import type { Collection, Document, Filter, WithId } from 'mongodb'
import { LIMIT } from '#src/store/mongo/connection/connection.ts'
import { updateEach } from './update-each.ts'

/** What waits for its time: `tries` counts how often it was taken. */
export type Due = { _id: string; dueAt: number; tries: number; taker?: string }

/**
 * Takes what is due, the longest due first, in two commands however much it is: all are found, and those are taken that nobody
 * else was faster at.
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
  const taken = await updateEach(
    stored,
    found.map(({ _id, dueAt, tries }) => ({
      id: _id as string,
      filter: { dueAt: { $eq: dueAt }, tries: { $eq: tries } },
      change: { $set: { dueAt: until }, $inc: { tries: 1 } },
    })),
  )
  return found.filter((_, index) => taken[index])
}
