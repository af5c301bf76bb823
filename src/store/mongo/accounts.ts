import type { ClientSession } from 'mongodb'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type {
  Account,
  AccountsPort,
  BindResult,
  CustomerLink,
  StoredAccount,
  StoredCustomerLink,
} from '#src/store/ports/accounts.ts'
import { createChangeAccess } from './access.ts'
import type { Append } from './audit.ts'
import {
  type AccountDocument,
  COLLECTION_NAMES,
  type Collections,
  type IdentityDocument,
  type LinkDocument,
} from './documents.ts'

const RETRIES = 3

type Opening = Parameters<AccountsPort['open']>[0]

const toAccount = (document: AccountDocument | null): StoredAccount | undefined => {
  if (document === null) return undefined
  const { _id, createdAt, updatedAt, claims, dataKey, subjects, blocked, loginsNotBefore } = document
  const { mergedInto, absorbed = [] } = document
  return {
    id: _id,
    createdAt,
    updatedAt,
    claims: JSON.parse(claims) as Account['claims'],
    ...(dataKey !== undefined && { dataKey }),
    ...(subjects !== undefined && { subjects: JSON.parse(subjects) as Record<string, string> }),
    ...(blocked && { blocked }),
    ...(loginsNotBefore !== undefined && { loginsNotBefore }),
    ...(mergedInto !== undefined && { mergedInto }),
    ...(absorbed.length > 0 && { absorbed: absorbed.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }),
  }
}

/** An account as it is stored when it is opened. */
export const toAccountDocument = (
  { id, createdAt, updatedAt, claims, subjects }: Account,
  dataKey: string | undefined,
): AccountDocument => ({
  _id: id,
  createdAt,
  updatedAt,
  claims: JSON.stringify(claims),
  ...(dataKey !== undefined && { dataKey }),
  ...(subjects !== undefined && { subjects: JSON.stringify(subjects) }),
})

const toLink = (link: LinkDocument): StoredCustomerLink => ({
  serviceLine: link.serviceLine,
  customerId: link.customerId,
  ...(link.role !== undefined && { role: link.role }),
  method: link.method,
  ruleVersion: link.ruleVersion,
  evidence: JSON.parse(link.evidence) as Json,
  linkedAt: link.linkedAt,
})

/** A link as it is stored, counting from `linkedAt`. */
export const toLinkDocument = (link: CustomerLink, accountId: AccountId, linkedAt: number): LinkDocument => ({
  _id: customerKeyOf(link),
  accountId,
  serviceLine: link.serviceLine,
  customerId: link.customerId,
  ...(link.role !== undefined && { role: link.role }),
  method: link.method,
  ruleVersion: link.ruleVersion,
  evidence: JSON.stringify(link.evidence),
  linkedAt,
})

/** Goes on from an identity to the account that it is bound to. */
const ITS_ACCOUNT = [
  { $lookup: { from: COLLECTION_NAMES.accounts, localField: 'accountId', foreignField: '_id', as: 'account' } },
  { $unwind: '$account' },
  { $replaceWith: '$account' },
]

/** The fields in one order: a document is equal to another only with the same order of its fields. */
export const identityId = ({ issuer, clientId, subject }: IdentityKey): IdentityDocument['_id'] => ({
  issuer,
  clientId,
  subject,
})

const refuseDuplicates = (customers: readonly CustomerKey[]): void => {
  if (new Set(customers.map(customerKeyOf)).size === customers.length) return
  throw new PiasError('server.failed', 'a customer record is named twice for one account')
}

const createInsertAll =
  ({ accounts, identities, links }: Collections, append: Append) =>
  async ({ account, identity, customers, events, dataKey }: Opening, session: ClientSession): Promise<void> => {
    const options = { ...LIMIT, session }
    const { id, createdAt } = account
    // The identity first: of parallel logins of one person all but one end here.
    await identities.insertOne({ _id: identityId(identity), accountId: id }, options)
    await accounts.insertOne(toAccountDocument(account, dataKey), options)
    if (customers.length > 0) {
      await links.insertMany(
        customers.map(link => toLinkDocument(link, id, createdAt)),
        options,
      )
    }
    await append(events, session)
  }

/** Accounts, identities and links on MongoDB. A link counts from the creation of the account it is opened with. */
export const createAccounts = (
  connection: Connection,
  collections: Collections,
  append: Append,
): Omit<AccountsPort, 'survey' | 'totals' | 'erase'> => {
  const { run, readOne, transact } = connection
  const { accounts, identities, links, contested } = collections
  const insertAll = createInsertAll(collections, append)

  const byIdentity = (key: IdentityKey) => ({ _id: { $eq: identityId(key) } })

  const ownersOf = async (keys: readonly CustomerKey[], session?: ClientSession): Promise<Map<string, AccountId>> => {
    if (keys.length === 0) return new Map()
    const options = { ...LIMIT, ...(session && { session }), projection: { accountId: 1 }, limit: keys.length }
    const owned = links.find({ _id: { $in: keys.map(customerKeyOf) } }, options)
    return new Map((await owned.toArray()).map(({ _id, accountId }) => [_id, accountId]))
  }

  /**
   * What stands in the way of an opening, or that its own earlier try was committed after all; undefined for nothing.
   * Of one snapshot: read one after the other, the winner of a race would seem to own the records but not the identity.
   */
  const readOutcome = ({ account, identity, customers }: Opening): Promise<BindResult | undefined> =>
    transact(async session => {
      const accountId = (await identities.findOne(byIdentity(identity), { ...LIMIT, session }))?.accountId
      if (accountId !== undefined) return { kind: accountId === account.id ? 'bound' : 'already', accountId }
      const owners = await ownersOf(customers, session)
      if (owners.size === 0) return undefined
      const owned = customers.filter(customer => owners.has(customerKeyOf(customer)))
      const keys = owned.map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))
      return { kind: 'owned-elsewhere', customers: keys }
    })

  const contestedAmong = async (keys: readonly CustomerKey[], session?: ClientSession): Promise<Set<string>> => {
    if (keys.length === 0) return new Set()
    const options = { ...LIMIT, ...(session && { session }), limit: keys.length }
    const found = contested.find({ _id: { $in: keys.map(customerKeyOf) } }, options)
    return new Set((await found.toArray()).map(({ _id }) => _id))
  }

  /**
   * Writes first and reads only when that fails: nearly every opening meets nobody. But what people have taken from somebody
   * is looked at before: whoever takes it meanwhile changes the same links, so that one of the two transactions fails.
   */
  const tryOpening = async (opening: Opening): Promise<BindResult> => {
    const matched = opening.customers.filter(({ method }) => method === 'match')
    try {
      const isFree = await transact(async session => {
        if ((await contestedAmong(matched, session)).size > 0) return false
        await insertAll(opening, session)
        return true
      })
      if (isFree) return { kind: 'bound', accountId: opening.account.id }
      return (await readOutcome(opening)) ?? { kind: 'contested' }
    } catch (error) {
      const outcome = isRetryable(error) ? await readOutcome(opening) : undefined
      if (outcome === undefined) throw error
      return outcome
    }
  }

  return {
    find: async id => toAccount(await readOne(accounts, { _id: { $eq: id } })),

    findByIdentity: async key => (await readOne(identities, byIdentity(key)))?.accountId,

    findWithIdentity: async key =>
      toAccount(await readOne<IdentityDocument, AccountDocument>(identities, byIdentity(key), ITS_ACCOUNT)),

    open: async opening => {
      refuseDuplicates(opening.customers)
      return run(() => retrying(RETRIES, isRetryable, () => tryOpening(opening)))
    },

    updateClaims: (id, { from, claims, updatedAt }) =>
      run(async () => {
        const seen = { _id: { $eq: id }, updatedAt: { $eq: from } }
        const changed = await accounts.updateOne(seen, { $set: { claims: JSON.stringify(claims), updatedAt } }, LIMIT)
        return changed.matchedCount === 1
      }),

    customersOf: id =>
      run(async () => {
        const found = links.find({ accountId: { $eq: id } }, { ...LIMIT, sort: { serviceLine: 1, customerId: 1 } })
        return (await found.toArray()).map(toLink)
      }),

    ownersOf: keys => run(() => ownersOf(keys)),

    contestedAmong: keys => run(() => contestedAmong(keys)),

    changeAccess: createChangeAccess(connection, collections, append),
  }
}
