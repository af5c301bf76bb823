import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { Append } from './audit.ts'
import type { Collections } from './documents.ts'

/** Whoever blocks an account must not lose to what others write to it at the same moment; all within the time of a call. */
const RETRIES = 8

/** Blocks accounts and ends their logins, each change in one transaction with its events. */
export const createChangeAccess = (
  { transaction }: Connection,
  { accounts }: Pick<Collections, 'accounts'>,
  append: Append,
): AccountsPort['changeAccess'] => {
  return ({ id, blocked, loginsNotBefore, events }) =>
    transaction(RETRIES, async session => {
      const options = { ...LIMIT, session }
      const change = {
        ...(blocked === true && { $set: { blocked } as const }),
        ...(blocked === false && { $unset: { blocked: '' } as const }),
        ...(loginsNotBefore !== undefined && { $max: { loginsNotBefore } }),
      }
      // An update that changes nothing is none to MongoDB.
      const { matchedCount } = await accounts.updateOne({ _id: { $eq: id } }, change, options)
      if (matchedCount === 0) return false
      await append(events, session)
      return true
    })
}
