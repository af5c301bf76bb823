import { COLLECTION_NAMES, type Collections } from '#src/store/mongo/documents.ts'

/**
 * How a collection may be spread over the shards of a cluster. `key` is the shard key, as `sh.shardCollection` takes it; undefined for
 * one that stays whole, on the database's primary shard. `why` is the reason.
 */
export type Sharding = { readonly key?: Readonly<Record<string, 1 | 'hashed'>>; readonly why: string }

/** The `_id` says who or what a document is about, so that a document is found, changed and unique on one shard. */
const byId = (why: string): Sharding => ({ key: { _id: 'hashed' }, why })
const whole = (why: string): Sharding => ({ why })

const OF_ACCOUNT = 'found by id; what belongs to one account is listed rarely, and asks every shard'
const WAITS = 'found by id; a job that takes what is due asks every shard'
const OF_APPS = 'small: of apps'
const OF_PEOPLE = 'small: waits for people, or for its day'

/**
 * The shard key of every collection (ADR 0009): a collection has its line here, or neither types nor tests pass. It is a choice that
 * may be made for each collection by itself: to the code one that is sharded and one that is whole are alike.
 */
const SHARDINGS: Readonly<Record<keyof Collections, Sharding>> = {
  accounts: byId('found by the account id alone, which is random'),
  identities: whole('its second unique index (account, issuer, client) holds on one shard only; 0.5 kB a person'),
  links: byId('one owner of a record, by the id; the links of an account ask every shard, once a login'),
  audit: byId('grows most, read rarely; the trail in its order asks every shard'),
  auditBlocks: whole('one a second at most, read in order'),
  customers: byId('a search asks a dozen blocking keys at once, which lie on most shards whatever the key is'),
  changes: byId(WAITS),
  terms: byId('asked for by ids that are known'),
  totals: whole('a counter or two'),
  keys: whole('small: of nodes'),
  dataKeys: byId('found by its name alone'),
  erasures: whole('small, read in order'),
  erasureRequests: whole(OF_PEOPLE),
  consents: byId(OF_ACCOUNT),
  linkChanges: byId(OF_ACCOUNT),
  contested: byId('found by the keys of records'),
  credentials: byId('found by the account id'),
  names: whole('found by name and removed by account: one shard answers both'),
  passkeys: byId(OF_ACCOUNT),
  logouts: byId(WAITS),
  clients: whole('small: of apps; the unique index of their changes holds on one shard only'),
  secretUses: whole(OF_APPS),
  rollouts: whole(OF_APPS),
  funnel: whole('small: of apps and days'),
  messages: byId(WAITS),
  reviews: whole(OF_PEOPLE),
  grants: byId('found by id; revoking a grant asks every shard, and is rare'),
  health: whole('one document'),
}

/** What {@link SHARDINGS} says of the collections of migrations, which are no part of the store's. */
const OF_MIGRATIONS = { schema_lock: whole('one document'), schema_migrations: whole('one document a migration') }

/** The shard key of every collection, by its name in the database. */
export const SHARD_KEYS: Readonly<Record<string, Sharding>> = {
  ...Object.fromEntries(
    Object.entries(COLLECTION_NAMES).map(([key, name]) => [name, SHARDINGS[key as keyof Collections]]),
  ),
  ...OF_MIGRATIONS,
}
