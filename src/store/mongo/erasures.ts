import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ErasuresPort } from '#src/store/ports/erasures.ts'
import type { Append } from './audit.ts'
import type { Collections } from './documents.ts'

/** Nobody waits at a page for an erasure: it may wait for its turn at what others are changing. */
const RETRIES = 50

/** The ledger of erased accounts, and the erasures that were asked for, on MongoDB. */
export const createErasures = ({ run }: Connection, { erasures, erasureRequests }: Collections): ErasuresPort => ({
  request: (accountId, dueAt) =>
    run(async () => {
      const write = () =>
        erasureRequests.findOneAndUpdate(
          { _id: { $eq: accountId } },
          { $setOnInsert: { dueAt } },
          { ...LIMIT, upsert: true, returnDocument: 'after' },
        )
      return (await retrying(RETRIES, isDuplicate, write))?.dueAt ?? dueAt
    }),

  withdraw: accountId =>
    run(async () => (await erasureRequests.deleteOne({ _id: { $eq: accountId } }, LIMIT)).deletedCount === 1),

  requested: accountId => run(async () => (await erasureRequests.findOne({ _id: { $eq: accountId } }, LIMIT))?.dueAt),

  due: ({ now, limit }) =>
    run(async () => {
      const found = erasureRequests.find({ dueAt: { $lte: now } }, { ...LIMIT, sort: { dueAt: 1 }, limit })
      return (await found.toArray()).map(({ _id }) => _id)
    }),

  list: ({ after, limit }) =>
    run(async () => {
      const page = erasures.find({ _id: { $gt: after as never } }, { ...LIMIT, sort: { _id: 1 }, limit })
      return (await page.toArray()).map(({ _id, erasedAt }) => ({ accountId: _id, erasedAt }))
    }),
})

/** Erases accounts, each in one transaction; for a connection that has time. */
export const createErase = (
  { transaction }: Connection,
  {
    accounts,
    identities,
    links,
    consents,
    reviews,
    credentials,
    names,
    passkeys,
    erasures,
    erasureRequests,
  }: Collections,
  append: Append,
): AccountsPort['erase'] => {
  return ({ id, erasedAt, events }) =>
    transaction(RETRIES, async session => {
      const options = { session }
      await links.deleteMany({ accountId: { $eq: id } }, options)
      await identities.deleteMany({ accountId: { $eq: id } }, options)
      await consents.deleteMany({ '_id.accountId': { $eq: id } }, options)
      await erasureRequests.deleteOne({ _id: { $eq: id } }, options)
      await reviews.deleteMany({ accountId: { $eq: id } }, options)
      await credentials.deleteOne({ _id: { $eq: id } }, options)
      await names.deleteMany({ accountId: { $eq: id } }, options)
      await passkeys.deleteMany({ accountId: { $eq: id } }, options)
      const erased = await accounts.findOneAndDelete(
        { _id: { $eq: id } },
        { ...options, projection: { mergedInto: 1 } },
      )
      if (erased?.mergedInto !== undefined) {
        await accounts.updateOne({ _id: { $eq: erased.mergedInto } }, { $pull: { absorbed: { id } } }, options)
      }
      await erasures.updateOne({ _id: { $eq: id } }, { $setOnInsert: { erasedAt } }, { ...options, upsert: true })
      await append(events, session)
      return erased !== null
    })
}
