import type { Db } from 'mongodb'
import type { AccountId } from '#src/kernel/identity.ts'
import { collectionsOf } from '#src/store/mongo/documents.ts'
import type { Store } from '#src/store/ports/store.ts'

const EVERYTHING = 10_000

/**
 * Who is linked to what: `half` names whatever has lost its other half. What there is, is read in MongoDB itself and not
 * by PIAS; which records it is about is encrypted, and is read from PIAS's store.
 */
export const readAgreement = async (db: Db, store: Store) => {
  const { accounts, identities, links, audit } = collectionsOf(db)
  const [account, identity, link, event] = await Promise.all([
    accounts.find().limit(EVERYTHING).toArray(),
    identities.find().limit(EVERYTHING).toArray(),
    links.find().limit(EVERYTHING).toArray(),
    audit.find().limit(EVERYTHING).toArray(),
  ])
  const opened = event.filter(({ type }) => type === 'account.opened')
  const linkedAccounts = [...new Set(link.map(({ accountId }) => accountId))]
  const linksOf = async (id: AccountId) =>
    (await store.accounts.customersOf(id)).map(({ serviceLine, customerId }) => ({
      accountId: id,
      serviceLine,
      customerId,
    }))
  const bound = (await Promise.all(linkedAccounts.map(linksOf))).flat()
  const events = await store.audit.list({ after: 0, limit: EVERYTHING })
  const linked = events.filter(({ type }) => type === 'link.created')
  const textOf = (accountId: string | undefined, { serviceLine, customerId }: Record<string, unknown>) =>
    `${accountId} ${serviceLine} ${customerId}`

  const sets = {
    accounts: account.map(({ _id }) => String(_id)),
    identities: identity.map(({ accountId }) => String(accountId)),
    openings: opened.map(({ accountId }) => String(accountId)),
    links: bound.map(one => textOf(one.accountId, one)),
    linkEvents: linked.map(one => textOf(one.accountId, one.data as Record<string, unknown>)),
  }
  const difference = (one: readonly string[], other: readonly string[], what: string): string[] => [
    ...one.filter(value => !other.includes(value)).map(value => `${what}: ${value}`),
    ...(new Set(one).size === one.length ? [] : [`${what}: twice`]),
  ]
  const owners = link.map(({ accountId }) => String(accountId))
  return {
    accounts: sets.accounts.length,
    half: [
      ...difference(sets.accounts, sets.identities, 'account without identity'),
      ...difference(sets.identities, sets.accounts, 'identity without account'),
      ...difference(sets.accounts, sets.openings, 'account without audit'),
      ...difference(sets.openings, sets.accounts, 'audit without account'),
      ...difference(sets.links, sets.linkEvents, 'link without audit'),
      ...difference(sets.linkEvents, sets.links, 'audit without link'),
      ...(bound.length === link.length ? [] : ['links that are not read']),
      ...(events.length === event.length ? [] : ['events that are not read']),
      ...owners.filter(owner => !sets.accounts.includes(owner)).map(owner => `link without account: ${owner}`),
    ],
    /** The customer records of an account, as `personaTruth` has them. */
    linksOf: (accountId: string) =>
      bound
        .filter(one => one.accountId === accountId)
        .map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))
        .sort((a, b) => (`${a.serviceLine} ${a.customerId}` < `${b.serviceLine} ${b.customerId}` ? -1 : 1)),
  }
}

/** Removes everything about persons, as if nobody had ever logged in. */
export const forgetEverybody = async (db: Db): Promise<void> => {
  const { accounts, identities, links, audit, grants } = collectionsOf(db)
  await Promise.all([accounts, identities, links, audit, grants].map(collection => collection.deleteMany({})))
}
