import type { ClientSession } from 'mongodb'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import type { BindOutcome, CredentialsPort } from '#src/store/ports/credentials.ts'
import { identityId, toLinkDocument } from './accounts.ts'
import type { Append } from './audit.ts'
import type { Collections } from './documents.ts'

const RETRIES = 3

type Binding = Parameters<CredentialsPort['bind']>[0]

/** Binds identities to accounts from before, each in one transaction. */
export const createBind = (
  { transaction }: Connection,
  { accounts, identities, links, credentials }: Collections,
  append: Append,
): CredentialsPort['bind'] => {
  /** What stands in the way, or the records that are not the account's yet. */
  const lookAround = async (
    { accountId, identity, customers, at, enteredAt }: Binding,
    session: ClientSession,
  ): Promise<{ obstacle: BindOutcome } | Pick<Binding, 'customers'>> => {
    const options = { ...LIMIT, session }
    const owner = await identities.findOne({ _id: { $eq: identityId(identity) } }, options)
    if (owner !== null) return { obstacle: { kind: 'identity-owned', accountId: owner.accountId } }
    const active = { _id: { $eq: accountId }, $or: [{ retiresAt: { $exists: false } }, { retiresAt: { $gt: at } }] }
    const open = {
      _id: { $eq: accountId },
      blocked: { $exists: false },
      mergedInto: { $exists: false },
      loginsNotBefore: { $not: { $gt: enteredAt } },
    }
    const isActive =
      (await credentials.findOne(active, options)) !== null && (await accounts.findOne(open, options)) !== null
    if (!isActive) return { obstacle: { kind: 'gone' } }
    const { issuer, clientId } = identity
    const other = { accountId: { $eq: accountId }, '_id.issuer': { $eq: issuer }, '_id.clientId': { $eq: clientId } }
    if ((await identities.findOne(other, options)) !== null) return { obstacle: { kind: 'account-bound' } }
    const owned = await links.find({ _id: { $in: customers.map(customerKeyOf) } }, options).toArray()
    if (owned.some(link => link.accountId !== accountId)) return { obstacle: { kind: 'customer-owned' } }
    const known = new Set(owned.map(({ _id }) => _id))
    return { customers: customers.filter(one => !known.has(customerKeyOf(one))) }
  }

  // After a duplicate the next try finds what the other one has bound.
  return binding =>
    transaction(RETRIES, async (session): Promise<BindOutcome> => {
      const found = await lookAround(binding, session)
      if ('obstacle' in found) return found.obstacle
      const { accountId, identity, claims, at, retiresAt, events } = binding
      const options = { ...LIMIT, session }
      const changed = await accounts.updateOne(
        { _id: { $eq: accountId }, updatedAt: { $eq: claims.from } },
        {
          $set: { claims: JSON.stringify(claims.claims), updatedAt: claims.updatedAt },
          $max: { loginsNotBefore: at },
        },
        options,
      )
      if (changed.matchedCount === 0) return { kind: 'stale' }
      await identities.insertOne({ _id: identityId(identity), accountId }, options)
      const added = found.customers.map(one => toLinkDocument(one, accountId, at))
      if (added.length > 0) await links.insertMany(added, options)
      await credentials.updateOne({ _id: { $eq: accountId } }, { $min: { retiresAt } }, options)
      await append(events, session)
      return { kind: 'bound' }
    })
}
