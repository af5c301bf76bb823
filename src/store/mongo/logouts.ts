import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { Collections } from './documents.ts'
import { takeDue } from './take-due.ts'

/** The outbox of back-channel logouts on MongoDB. */
export const createLogouts = ({ run }: Connection, { logouts }: Pick<Collections, 'logouts'>): LogoutsPort => {
  return {
    watch: ({ sid, sessionUid, clientId, accountId, subjectOf }, endsAt) =>
      run(async () => {
        const known = subjectOf === undefined ? {} : { subjectOf }
        const prolonged = { sessionUid, clientId, accountId, ...known, dueAt: endsAt, tries: 0 }
        try {
          await logouts.updateOne(
            { _id: { $eq: sid }, released: { $eq: false } },
            { $set: prolonged },
            { ...LIMIT, upsert: true },
          )
        } catch (error) {
          // It was ended: not found as one that goes on, and there all the same.
          if (!isDuplicate(error)) throw error
        }
      }),

    release: (of, now) =>
      run(async () => {
        const which =
          'accountId' in of
            ? { accountId: { $eq: of.accountId } }
            : {
                sessionUid: { $eq: of.sessionUid },
                ...(of.clientId !== undefined && { clientId: { $eq: of.clientId } }),
              }
        const change = { $set: { released: true, dueAt: now, tries: 0 } }
        const { modifiedCount } = await logouts.updateMany({ ...which, released: { $eq: false } }, change, LIMIT)
        return modifiedCount
      }),

    takeDue: ({ now, leaseMs, limit }) =>
      run(async () => {
        const taken = await takeDue(logouts, { now, until: now + leaseMs, limit })
        return taken.map(({ _id, tries, dueAt: _dueAt, taker: _taker, ...notice }) => ({
          ...notice,
          sid: _id,
          tries: tries + 1,
        }))
      }),

    postpone: (sid, dueAt) =>
      run(async () => {
        await logouts.updateOne({ _id: { $eq: sid } }, { $set: { dueAt } }, LIMIT)
      }),

    settle: sid =>
      run(async () => {
        await logouts.deleteOne({ _id: { $eq: sid } }, LIMIT)
      }),
  }
}
