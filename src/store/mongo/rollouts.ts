import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate, isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { RolloutsPort, StoredRollout } from '#src/store/ports/rollouts.ts'
import type { Append } from './audit.ts'
import type { Collections, RolloutDocument } from './documents.ts'

const RETRIES = 3

const toRollout = ({ _id, policy, at, by, reason }: RolloutDocument): StoredRollout => ({
  clientId: _id.clientId,
  version: _id.version,
  policy: JSON.parse(policy) as Json,
  at,
  by,
  reason,
})

/** Rollout policies on MongoDB; the id makes a version unique. */
export const createRollouts = (
  { run, readOne, transact }: Connection,
  { rollouts }: Pick<Collections, 'rollouts'>,
  append: Append,
): RolloutsPort => {
  const of = (clientId: string) => ({ '_id.clientId': { $eq: clientId } })
  const newestFirst = { '_id.version': -1 } as const

  return {
    current: async clientId => {
      const found = await readOne<RolloutDocument>(rollouts, of(clientId), [{ $sort: newestFirst }])
      return found === null ? undefined : toRollout(found)
    },

    put: ({ clientId, version, policy, at, by, reason }, events) =>
      run(async () => {
        const document = { _id: { clientId, version }, policy: JSON.stringify(policy), at, by, reason }
        try {
          await retrying(RETRIES, isRetryable, () =>
            transact(async session => {
              await rollouts.insertOne(document, { ...LIMIT, session })
              await append(events, session)
            }),
          )
          return true
        } catch (error) {
          if (isDuplicate(error)) return false
          throw error
        }
      }),

    history: (clientId, limit) =>
      run(async () =>
        (await rollouts.find(of(clientId), { ...LIMIT, sort: newestFirst, limit }).toArray()).map(toRollout),
      ),
  }
}
