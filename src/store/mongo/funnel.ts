import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { retryingDuplicates } from '#src/store/mongo/connection/retry.ts'
import { ALL_CLIENTS, CANDIDATES, type FunnelCount, type FunnelPort, withTotals } from '#src/store/ports/funnel.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

const listAll = async (
  funnel: Collections['funnel'],
  clientIds: readonly string[],
  sinceDay: string,
): Promise<readonly FunnelCount[]> => {
  const which = { '_id.clientId': { $in: [...clientIds] }, '_id.day': { $gte: sinceDay } }
  const sort = { '_id.clientId': 1, '_id.day': 1, '_id.method': 1, '_id.step': 1 } as const
  const found = await funnel.find(which, { ...LIMIT, sort }).toArray()
  return found.map(({ _id, count }) => ({ ..._id, count }))
}

/** The counters of logins begun on a day, the highest first. */
const mostOf = (day: string, limit: number) => [
  { $match: { '_id.step': 'started', '_id.day': { $eq: day }, '_id.clientId': { $ne: ALL_CLIENTS } } },
  { $sort: { count: -1 } },
  { $limit: limit * CANDIDATES },
]

/** Counters of the funnel on MongoDB. */
export const createFunnel = ({ run }: Connection, { funnel }: Pick<Collections, 'funnel'>): FunnelPort => ({
  add: counts =>
    run(async () => {
      if (counts.length === 0) return
      const additions = withTotals(counts).map(({ clientId, day, method, step, count }) => ({
        updateOne: {
          filter: { _id: { $eq: { clientId, day, method, step } } },
          update: { $inc: { count } },
          upsert: true,
        },
      }))
      // Of two nodes that make a counter at once one is refused, and finds it then.
      await retryingDuplicates(RETRIES, additions, left => funnel.bulkWrite([...left], { ...LIMIT, ordered: false }))
    }),

  list: (clientIds, sinceDay) => run(() => listAll(funnel, clientIds, sinceDay)),

  total: sinceDay =>
    run(async () => (await listAll(funnel, [ALL_CLIENTS], sinceDay)).map(({ clientId: _, ...count }) => count)),

  forget: ({ day, limit }) =>
    run(async () => {
      const old = { '_id.day': { $lt: day } }
      const found = await funnel.find(old, { ...LIMIT, projection: { _id: 1 }, limit, batchSize: limit }).toArray()
      if (found.length === 0) return 0
      const { deletedCount } = await funnel.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, LIMIT)
      return deletedCount
    }),

  busiest: ([day, ...days], limit) =>
    run(async () => {
      if (day === undefined) return []
      const pipeline = [
        ...mostOf(day, limit),
        ...days.map(other => ({ $unionWith: { coll: funnel.collectionName, pipeline: mostOf(other, limit) } })),
        { $group: { _id: '$_id.clientId', count: { $sum: '$count' } } },
        { $sort: { count: -1, _id: 1 } },
        { $limit: limit },
      ]
      const found = await funnel.aggregate<{ _id: string }>(pipeline, LIMIT).toArray()
      return found.map(({ _id }) => _id)
    }),
})
