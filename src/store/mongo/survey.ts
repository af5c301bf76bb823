import type { Collection } from 'mongodb'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Connection } from '#src/store/mongo/connection/connection.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { Collections } from './documents.ts'

type Bound = Collection<{ _id: unknown; accountId: AccountId }>

/** Counts all that there is from the index, which is a fraction of the documents. */
export const IN_INDEX = { hint: { _id: 1 } } as const

/** How many documents each of these accounts has in a collection; counted from its index. */
const countOf = async (bound: Bound, ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, number>> => {
  const counts = bound.aggregate<{ _id: AccountId; count: number }>([
    { $match: { accountId: { $in: [...ids] } } },
    { $group: { _id: '$accountId', count: { $sum: 1 } } },
  ])
  return new Map((await counts.toArray()).map(({ _id, count }) => [_id, count]))
}

/** The ways to look at all accounts: for checks, not for logins. */
export const createSurvey = (
  { run }: Connection,
  { accounts, identities, links, credentials }: Collections,
): Pick<AccountsPort, 'survey' | 'totals'> => ({
  survey: ({ after, limit }) =>
    run(async () => {
      const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const
      const page = await accounts.find({ _id: { $gt: after as AccountId } }, options).toArray()
      const ids = page.map(({ _id }) => _id)
      if (ids.length === 0) return []
      const [ofIdentities, ofLinks, imported] = await Promise.all([
        countOf(identities as unknown as Bound, ids),
        countOf(links as unknown as Bound, ids),
        credentials.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray(),
      ])
      const withLogin = new Set(imported.map(({ _id }) => _id))
      return ids.map(id => ({
        id,
        identities: ofIdentities.get(id) ?? 0,
        links: ofLinks.get(id) ?? 0,
        credentials: Number(withLogin.has(id)),
      }))
    }),

  totals: () =>
    run(async () => {
      const [ofIdentities, ofLinks] = await Promise.all([
        identities.countDocuments({}, IN_INDEX),
        links.countDocuments({}, IN_INDEX),
      ])
      return { identities: ofIdentities, links: ofLinks }
    }),
})
