import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

/** Wrapped data keys on MongoDB. */
export const createDataKeys = ({ run }: Connection, { dataKeys }: Collections): DataKeysPort => ({
  find: name => run(async () => (await dataKeys.findOne({ _id: { $eq: name } }, LIMIT))?.wrapped),

  findMany: names =>
    run(async () => {
      const found = dataKeys.find({ _id: { $in: [...names] } }, { ...LIMIT, batchSize: names.length + 1 })
      return new Map((await found.toArray()).map(({ _id, wrapped }) => [_id, wrapped]))
    }),

  putIfAbsent: (name, wrapped) =>
    run(async () => {
      const put = () =>
        dataKeys.findOneAndUpdate(
          { _id: { $eq: name } },
          { $setOnInsert: { wrapped } },
          { ...LIMIT, upsert: true, returnDocument: 'after' },
        )
      // Of two upserts at the same moment one may be refused as a duplicate; then there is one to be found.
      const stored = await retrying(RETRIES, isDuplicate, put)
      return stored?.wrapped ?? wrapped
    }),

  replace: (name, from, to) =>
    run(async () => {
      const filter = { _id: { $eq: name }, wrapped: { $eq: from } }
      return (await dataKeys.updateOne(filter, { $set: { wrapped: to } }, LIMIT)).matchedCount === 1
    }),
})
