import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { beginningWith } from './beginning-with.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

/** Shared secrets and key sets on MongoDB. */
export const createKeys = ({ run }: Connection, { keys }: Collections): KeysPort => ({
  find: name => run(async () => (await keys.findOne({ _id: { $eq: name } }, LIMIT))?.value),

  names: prefix =>
    run(async () => {
      return (await keys.find({ _id: beginningWith(prefix) }, { ...LIMIT, projection: { _id: 1 } }).toArray()).map(
        ({ _id }) => _id,
      )
    }),

  putIfAbsent: (name, value) =>
    run(async () => {
      const put = () =>
        keys.findOneAndUpdate(
          { _id: { $eq: name } },
          { $setOnInsert: { value } },
          { ...LIMIT, upsert: true, returnDocument: 'after' },
        )
      // Of two upserts at the same moment one may be refused as a duplicate; then there is one to be found.
      const stored = await retrying(RETRIES, isDuplicate, put)
      return stored?.value ?? value
    }),

  replace: (name, expected, value) =>
    run(async () => {
      const known = { _id: { $eq: name }, value: { $eq: expected } }
      return (await keys.updateOne(known, { $set: { value } }, LIMIT)).matchedCount === 1
    }),
})
