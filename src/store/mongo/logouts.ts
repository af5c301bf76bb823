import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import type { DueLogout, LogoutsPort } from '#src/store/ports/logouts.ts'
import type { Collections, LogoutDocument } from './documents.ts'

/** The outbox of back-channel logouts on MongoDB. */
export const createLogouts = ({ run }: Connection, { logouts }: Pick<Collections, 'logouts'>): LogoutsPort => {
  const takeOne = async (found: LogoutDocument, until: number): Promise<DueLogout | undefined> => {
    const { _id, tries, dueAt, ...notice } = found
    const { modifiedCount } = await logouts.updateOne(
      { _id: { $eq: _id }, dueAt: { $eq: dueAt }, tries: { $eq: tries } },
      { $set: { dueAt: until }, $inc: { tries: 1 } },
      LIMIT,
    )
    if (modifiedCount !== 1) return undefined
    return { ...notice, sid: _id, tries: tries + 1 }
  }

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
        const due = await logouts.find({ dueAt: { $lte: now } }, { ...LIMIT, sort: { dueAt: 1 }, limit }).toArray()
        const taken = await Promise.all(due.map(found => takeOne(found, now + leaseMs)))
        return taken.filter(one => one !== undefined)
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
