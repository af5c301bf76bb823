import type { AccountId } from '#src/kernel/identity.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

/** Wrapped data keys on MongoDB. */
export const createDataKeys = ({ run }: Connection, { dataKeys, accounts }: Collections): DataKeysPort => ({
  find: name => run(async () => (await dataKeys.findOne({ _id: { $eq: name } }, LIMIT))?.wrapped),

  ofAccounts: ids =>
    run(async () => {
      const options = { ...LIMIT, projection: { dataKey: 1 }, batchSize: ids.length + 1 }
      const found = await accounts.find({ _id: { $in: [...ids] as AccountId[] } }, options).toArray()
      return new Map(found.flatMap(({ _id, dataKey }) => (dataKey === undefined ? [] : [[_id, dataKey] as const])))
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
