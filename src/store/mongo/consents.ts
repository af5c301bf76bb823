import type { AccountId } from '#src/kernel/identity.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { Consent, ConsentsPort } from '#src/store/ports/consents.ts'
import type { Collections, ConsentDocument } from './documents.ts'

const RETRIES = 3

const toConsent = ({ _id, scopes, since }: ConsentDocument): Consent => ({
  accountId: _id.accountId,
  clientId: _id.clientId,
  scopes: scopes.toSorted(),
  since,
})

/** Consents on MongoDB; those of an account go with it (erasures.ts). */
export const createConsents = (
  { run, readOne }: Connection,
  { consents }: Pick<Collections, 'consents'>,
): ConsentsPort => {
  const idOf = (accountId: AccountId, clientId: string) => ({ _id: { $eq: { accountId, clientId } } })

  return {
    find: async (accountId, clientId) => {
      const found = await readOne(consents, idOf(accountId, clientId))
      return found === null ? undefined : toConsent(found)
    },

    give: ({ accountId, clientId, scopes, at }) =>
      run(() =>
        // Two that insert at once: the second finds what the first has inserted.
        retrying(RETRIES, isDuplicate, async () => {
          const change = { $addToSet: { scopes: { $each: [...scopes] } }, $setOnInsert: { since: at } }
          await consents.updateOne(idOf(accountId, clientId), change, { ...LIMIT, upsert: true })
        }),
      ),

    list: accountId =>
      run(async () => {
        const found = consents.find({ '_id.accountId': { $eq: accountId } }, { ...LIMIT, sort: { '_id.clientId': 1 } })
        return (await found.toArray()).map(toConsent)
      }),

    withdraw: (accountId, clientId) =>
      run(async () => (await consents.deleteOne(idOf(accountId, clientId), LIMIT)).deletedCount === 1),
  }
}
