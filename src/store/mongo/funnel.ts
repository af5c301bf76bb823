import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { FunnelPort } from '#src/store/ports/funnel.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

/** Counters of the funnel on MongoDB. */
export const createFunnel = ({ run }: Connection, { funnel }: Pick<Collections, 'funnel'>): FunnelPort => ({
  add: counts =>
    run(async () => {
      const add = ({ clientId, day, method, step, count }: (typeof counts)[number]) =>
        retrying(RETRIES, isDuplicate, () =>
          funnel.updateOne(
            { _id: { $eq: { clientId, day, method, step } } },
            { $inc: { count } },
            { ...LIMIT, upsert: true },
          ),
        )
      await Promise.all(counts.map(add))
    }),

  list: (clientId, sinceDay) =>
    run(async () => {
      const which = { '_id.clientId': { $eq: clientId }, '_id.day': { $gte: sinceDay } }
      const sort = { '_id.day': 1, '_id.method': 1, '_id.step': 1 } as const
      const found = await funnel.find(which, { ...LIMIT, sort }).toArray()
      return found.map(({ _id, count }) => ({ ..._id, count }))
    }),

  total: sinceDay =>
    run(async () => {
      const found = await funnel
        .aggregate<{ _id: { day: string; method: string; step: string }; count: number }>(
          [
            { $match: { '_id.day': { $gte: sinceDay } } },
            {
              $group: {
                _id: { day: '$_id.day', method: '$_id.method', step: '$_id.step' },
                count: { $sum: '$count' },
              },
            },
            { $sort: { '_id.day': 1, '_id.method': 1, '_id.step': 1 } },
          ],
          LIMIT,
        )
        .toArray()
      return found.map(({ _id, count }) => ({ ..._id, count }))
    }),

  busiest: (sinceDay, limit) =>
    run(async () => {
      const found = await funnel
        .aggregate<{ _id: string }>(
          [
            { $match: { '_id.day': { $gte: sinceDay }, '_id.step': 'started' } },
            { $group: { _id: '$_id.clientId', count: { $sum: '$count' } } },
            { $sort: { count: -1, _id: 1 } },
            { $limit: limit },
          ],
          LIMIT,
        )
        .toArray()
      return found.map(({ _id }) => _id)
    }),
})
