import type { ClientSession } from 'mongodb'
import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import {
  type Review,
  type ReviewClosing,
  type ReviewMatter,
  type ReviewsPort,
  reviewIdOf,
} from '#src/store/ports/reviews.ts'
import type { Append } from './audit.ts'
import type { Collections, ReviewDocument } from './documents.ts'

/** Sixteen that raise one matter at once all come to an end. */
const RETRIES = 50

const toReview = ({ _id, data, open: _, ...review }: ReviewDocument): Review => ({
  ...review,
  id: _id,
  data: JSON.parse(data) as Json,
})

/** Closes a review within the caller's transaction. @returns whether it was open since then */
export const closeReview = async (
  { reviews }: Pick<Collections, 'reviews'>,
  { id, raisedAt, at, by, outcome }: ReviewClosing,
  session: ClientSession,
): Promise<boolean> => {
  const filter = { _id: { $eq: id }, raisedAt: { $eq: raisedAt }, open: { $eq: true } }
  const change = { $set: { open: false, closed: { at, by, outcome } } }
  return (await reviews.updateOne(filter, change, { ...LIMIT, session })).modifiedCount === 1
}

/** Closes what a change has settled, within the caller's transaction. @returns whether it was open */
export const settleReview = async (
  { reviews }: Pick<Collections, 'reviews'>,
  matter: ReviewMatter,
  closed: { at: number; by: string },
  session: ClientSession,
): Promise<boolean> => {
  const filter = { _id: { $eq: reviewIdOf(matter) }, open: { $eq: true } }
  const change = { $set: { open: false, closed: { ...closed, outcome: 'changed' as const } } }
  return (await reviews.updateOne(filter, change, { session })).modifiedCount === 1
}

/** Reviews on MongoDB; those of an account go with it (erasures.ts). */
export const createReviews = (
  { run, transaction }: Connection,
  { accounts, reviews }: Collections,
  append: Append,
): ReviewsPort => {
  const raise = ({ matter, raisedAt, data, events }: Parameters<ReviewsPort['raise']>[0]) =>
    transaction(RETRIES, async session => {
      const options = { ...LIMIT, session }
      const _id = reviewIdOf(matter)
      const account = await accounts.findOne({ _id: { $eq: matter.accountId } }, { ...options, projection: { _id: 1 } })
      if (account === null) return false
      const former = await reviews.findOne({ _id: { $eq: _id } }, { ...options, projection: { open: 1 } })
      if (former?.open === true) return false
      const { kind, accountId, customer } = matter
      const about = { kind, accountId, ...(customer !== undefined && { customer }) }
      const review = { ...about, raisedAt, data: JSON.stringify(data), open: true }
      await reviews.replaceOne({ _id: { $eq: _id } }, review, { ...options, upsert: true })
      await append(events, session)
      return true
    })

  const close = ({ events, ...closing }: Parameters<ReviewsPort['close']>[0]) =>
    transaction(RETRIES, async session => {
      const closed = await closeReview({ reviews }, closing, session)
      if (closed) await append(events, session)
      return closed
    })

  return {
    raise,

    find: id =>
      run(async () => {
        const found = await reviews.findOne({ _id: { $eq: id } }, LIMIT)
        return found === null ? undefined : toReview(found)
      }),

    list: ({ all, accountId, after, limit }) =>
      run(async () => {
        const beyond =
          after === undefined
            ? {}
            : {
                $or: [
                  { raisedAt: { $gt: after.raisedAt } },
                  { raisedAt: { $eq: after.raisedAt }, _id: { $gt: after.id } },
                ],
              }
        const of = accountId === undefined ? {} : { accountId: { $eq: accountId } }
        const filter = { ...of, ...(all === true ? {} : { open: { $eq: true } }), ...beyond }
        const found = reviews.find(filter, { ...LIMIT, sort: { raisedAt: 1, _id: 1 }, limit, batchSize: limit })
        return (await found.toArray()).map(toReview)
      }),

    close,
  }
}
