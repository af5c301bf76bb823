import type { ClientSession } from 'mongodb'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { Account, AccountsPort, BindResult, CustomerLink, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import { accountKeyName } from '#src/store/ports/data-keys.ts'
import { createChangeAccess } from './access.ts'
import type { AccountDocument, Collections, IdentityDocument, LinkDocument } from './documents.ts'

const RETRIES = 3

type Opening = Parameters<AccountsPort['open']>[0]

const toAccount = (document: AccountDocument): Account => {
  const { _id, createdAt, updatedAt, claims, subjects, blocked, loginsNotBefore, mergedInto, absorbed = [] } = document
  return {
    id: _id,
    createdAt,
    updatedAt,
    claims: JSON.parse(claims) as Account['claims'],
    ...(subjects !== undefined && { subjects: JSON.parse(subjects) as Record<string, string> }),
    ...(blocked && { blocked }),
    ...(loginsNotBefore !== undefined && { loginsNotBefore }),
    ...(mergedInto !== undefined && { mergedInto }),
    ...(absorbed.length > 0 && { absorbed: absorbed.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }),
  }
}

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

type Append = (events: readonly AuditEvent[], session: ClientSession) => Promise<void>

const createInsertAll =
  ({ accounts, identities, links, dataKeys }: Collections, append: Append) =>
  async ({ account, identity, customers, events, dataKey }: Opening, session: ClientSession): Promise<void> => {
    const options = { ...LIMIT, session }
    const { id, createdAt, updatedAt, claims } = account
    // The identity first: of parallel logins of one person all but one end here.
    await identities.insertOne({ _id: identityId(identity), accountId: id }, options)
    await accounts.insertOne({ _id: id, createdAt, updatedAt, claims: JSON.stringify(claims) }, options)
    if (dataKey !== undefined) await dataKeys.insertOne({ _id: accountKeyName(id), wrapped: dataKey }, options)
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
  const { run, transact } = connection
  const { accounts, identities, links } = collections
  const insertAll = createInsertAll(collections, append)

  const within = (session?: ClientSession) => (session === undefined ? LIMIT : { ...LIMIT, session })

  const accountOf = async (key: IdentityKey, session?: ClientSession): Promise<AccountId | undefined> =>
    (await identities.findOne({ _id: { $eq: identityId(key) } }, within(session)))?.accountId

  const ownersOf = async (keys: readonly CustomerKey[], session?: ClientSession): Promise<Map<string, AccountId>> => {
    if (keys.length === 0) return new Map()
    const options = { ...within(session), projection: { accountId: 1 }, limit: keys.length }
    const owned = links.find({ _id: { $in: keys.map(customerKeyOf) } }, options)
    return new Map((await owned.toArray()).map(({ _id, accountId }) => [_id, accountId]))
  }

  /**
   * What stands in the way of an opening, or that its own earlier try was committed after all; undefined for nothing.
   * Of one snapshot: read one after the other, the winner of a race would seem to own the records but not the identity.
   */
  const readOutcome = ({ account, identity, customers }: Opening): Promise<BindResult | undefined> =>
    transact(async session => {
      const accountId = await accountOf(identity, session)
      if (accountId !== undefined) return { kind: accountId === account.id ? 'bound' : 'already', accountId }
      const owners = await ownersOf(customers, session)
      if (owners.size === 0) return undefined
      const owned = customers.filter(customer => owners.has(customerKeyOf(customer)))
      const keys = owned.map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))
      return { kind: 'owned-elsewhere', customers: keys }
    })

  /** Writes first and reads only when that fails: nearly every opening meets nobody. */
  const tryOpening = async (opening: Opening): Promise<BindResult> => {
    try {
      await transact(session => insertAll(opening, session))
      return { kind: 'bound', accountId: opening.account.id }
    } catch (error) {
      const outcome = isRetryable(error) ? await readOutcome(opening) : undefined
      if (outcome === undefined) throw error
      return outcome
    }
  }

  return {
    find: id =>
      run(async () => {
        const found = await accounts.findOne({ _id: { $eq: id } }, LIMIT)
        return found === null ? undefined : toAccount(found)
      }),

    findByIdentity: key => run(() => accountOf(key)),

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

    changeAccess: createChangeAccess(connection, collections, append),
  }
}
