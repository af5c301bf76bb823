import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate, isTransient } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { PasskeysPort, StoredPasskey } from '#src/store/ports/passkeys.ts'
import type { Append } from './audit.ts'
import type { Collections, PasskeyDocument } from './documents.ts'

const RETRIES = 5

const toPasskey = ({ _id, ...rest }: PasskeyDocument): StoredPasskey => ({ id: _id, ...rest })

/** Passkeys on MongoDB; those of an account go with it (erasures.ts). */
export const createPasskeys = (
  { run, transact, transaction }: Connection,
  { accounts, passkeys }: Pick<Collections, 'accounts' | 'passkeys'>,
  append: Append,
): PasskeysPort => {
  type Addition = Parameters<PasskeysPort['add']>

  const addOnce = ([{ id, accountId, document, counter, createdAt }, terms, events]: Addition) =>
    transact(async (session): Promise<'added' | 'full' | 'gone'> => {
      const options = { ...LIMIT, session }
      const { most, loggedInAt } = terms
      const account = { _id: { $eq: accountId }, loginsNotBefore: { $not: { $gt: loggedInAt } } }
      // Counted in the account, where parallel additions meet.
      const room = { ...account, passkeys: { $not: { $gte: most } } }
      const { matchedCount } = await accounts.updateOne(room, { $inc: { passkeys: 1 } }, options)
      if (matchedCount === 0) return (await accounts.findOne(account, options)) === null ? 'gone' : 'full'
      await passkeys.insertOne({ _id: id, accountId, document, counter, createdAt }, options)
      await append(events, session)
      return 'added'
    })

  const remove = ({ accountId, id, events }: Parameters<PasskeysPort['remove']>[0]) =>
    transaction(RETRIES, async session => {
      const options = { ...LIMIT, session }
      const { deletedCount } = await passkeys.deleteOne({ _id: { $eq: id }, accountId: { $eq: accountId } }, options)
      if (deletedCount === 0) return false
      await accounts.updateOne({ _id: { $eq: accountId } }, { $inc: { passkeys: -1 } }, options)
      await append(events, session)
      return true
    })

  return {
    add: (...addition) =>
      run(async () => {
        try {
          return await retrying(RETRIES, isTransient, () => addOnce(addition))
        } catch (error) {
          if (isDuplicate(error)) return 'taken'
          throw error
        }
      }),

    find: id =>
      run(async () => {
        const found = await passkeys.findOne({ _id: { $eq: id } }, LIMIT)
        return found === null ? undefined : toPasskey(found)
      }),

    list: accountId =>
      run(async () => {
        const found = passkeys.find({ accountId: { $eq: accountId } }, { ...LIMIT, sort: { createdAt: 1, _id: 1 } })
        return (await found.toArray()).map(toPasskey)
      }),

    use: ({ id, from, to, at }) =>
      run(async () => {
        const found = { _id: { $eq: id }, counter: { $eq: from } }
        // An update that changes nothing is none to MongoDB.
        const { matchedCount } = await passkeys.updateOne(found, { $set: { counter: to, usedAt: at } }, LIMIT)
        return matchedCount === 1
      }),

    remove,
  }
}
