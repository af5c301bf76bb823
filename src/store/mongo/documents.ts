import type { Collection, Db } from 'mongodb'
import type { Role, ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import type { StoredClient } from '#src/store/ports/clients.ts'
import type { Review } from '#src/store/ports/reviews.ts'

/**
 * The documents of every collection. What PIAS never looks into (claims, evidence, payloads, event data) is JSON text:
 * any key is safe in it (`$set`, `__proto__`, one with a dot), and it is read back as it was written.
 */
export type AccountDocument = {
  _id: AccountId
  createdAt: number
  updatedAt: number
  claims: string
  dataKey?: string
  subjects?: string
  blocked?: true
  loginsNotBefore?: number
  mergedInto?: AccountId
  absorbed?: { id: AccountId; apps: string[] }[]
  /** Grows with every change of its links, so that parallel ones meet here. */
  changes?: number
  /** How many there are, so that parallel additions end at the limit. */
  passkeys?: number
}

/** Its id is the identity key, so that it is unique for ever, on a sharded cluster too. */
export type IdentityDocument = {
  _id: { issuer: string; clientId: string; subject: string }
  accountId: AccountId
}

/** Its id is `customerKeyOf`, service line and customer id: a customer record has one owner. */
export type LinkDocument = {
  _id: string
  accountId: AccountId
  serviceLine: ServiceLine
  customerId: string
  role?: Role
  method: CustomerLink['method']
  ruleVersion: string
  evidence: string
  linkedAt: number
}

/** Its id is the sequence number (sequence.ts). In no block of the chain yet, or in this one. */
export type AuditDocument = {
  _id: number
  at: number
  type: string
  accountId?: string
  clientId?: string
  records?: string[]
  data: string
  unsealed?: true
  block?: number
}

/** Its id is the block's number. */
export type AuditBlockDocument = { _id: number; sealedAt: number; events: number; mac: string }

/** Its id is `customerKeyOf`. */
export type CustomerDocument = {
  _id: string
  serviceLine: ServiceLine
  customerId: string
  document: string
  digest: string
  keys: string[]
  terms: string[]
}

/** A record that changed and was not looked at since; its id is `customerKeyOf`. */
export type CustomerChangeDocument = {
  _id: string
  serviceLine: ServiceLine
  customerId: string
  change: string
  at: number
  former: string
  fresh: boolean
}

/**
 * How many customer records hold a term, or are of a service line (`termId`, `lineId`): what a decision needs to know of the
 * whole base is one query.
 */
export type TermDocument = { _id: string; records: number }
export const termId = (term: string): string => `t:${term}`
export const lineId = (line: ServiceLine): string => `line:${line}`

/**
 * `customers`: the number of imports, which wait for each other at this document. `clients`: the number of changes to
 * clients, which do likewise.
 */
export type TotalDocument = { _id: 'customers' | 'clients'; imports?: number; changes?: number }

export type KeyDocument = { _id: string; value: string }

/** A wrapped data key that is no account's; its id is the key's name. */
export type DataKeyDocument = { _id: string; wrapped: string }

/** That an account was erased; its id is the account's. */
export type ErasureDocument = { _id: AccountId; erasedAt: number }

/** That an account is to be erased; its id is the account's. */
export type ErasureRequestDocument = { _id: AccountId; dueAt: number }

/** `expiresAt` is a date, as TTL indexes want it. */
export type GrantDocument = {
  _id: { model: string; id: string }
  payload: string
  expiresAt: Date
  consumedAt?: number
  grantId?: string
  uid?: string
  userCode?: string
}

/** Its id is account and app. */
export type ConsentDocument = {
  _id: { accountId: AccountId; clientId: string }
  scopes: string[]
  since: number
}

/** Its id is the change's. */
export type LinkChangeDocument = {
  _id: string
  at: number
  kind: string
  state: string
  undoes?: string
  undoneBy?: string
  accounts: AccountId[]
  document: string
}

/** A record that people took from an account; the id is its key, `since` in epoch milliseconds. */
type ContestedDocument = { _id: string; since: number }

/** Its id is the account's. */
export type CredentialDocument = {
  _id: AccountId
  legacyId: string
  username?: string
  document: string
  digest: string
  retiresAt?: number
}

/** What an account is found by and no other has: in the system it comes from, to the person, at an app. */
export type NameDocument = { _id: { scope: string; name: string }; accountId: AccountId }

/** Its id is the credential's. */
export type PasskeyDocument = {
  _id: string
  accountId: AccountId
  document: string
  counter: number
  createdAt: number
  usedAt?: number
}

/** Its id is the session as the app knows it. */
export type LogoutDocument = {
  _id: string
  sessionUid: string
  clientId: string
  accountId: AccountId
  subjectOf?: AccountId
  dueAt: number
  tries: number
  taker?: string
  released: boolean
}

/** Its id is the client's; `change` is the place of its last change in the order of all. */
export type ClientDocument = {
  _id: string
  version: number
  change: number
  state: StoredClient['state']
  managedBy: StoredClient['managedBy']
  owner?: string
  metadata: string
  secrets: string
  /** When the first of its secrets ends. */
  secretsEnd?: number
  createdAt: number
  updatedAt: number
}

/** When a client's secret was last used. */
export type SecretUseDocument = { _id: { clientId: string; secretId: string }; usedAt: number }

/** A version of a client's rollout policy. */
export type RolloutDocument = {
  _id: { clientId: string; version: number }
  policy: string
  at: number
  by: string
  reason: string
}

export type FunnelDocument = {
  _id: { clientId: string; day: string; method: string; step: string }
  count: number
}

/** Its id is `reviewIdOf`. */
export type ReviewDocument = Omit<Review, 'id' | 'data'> & { _id: string; data: string; open: boolean }

/** Its id names the event and the address; `content` goes when it is over. */
export type MessageDocument = {
  _id: string
  open: boolean
  content?: string
  expiresAt: number
  dueAt: number
  tries: number
  taker?: string
}

export type HealthDocument = { _id: 'ping'; pings: number }

/** The collections of the durable store. */
export type Collections = {
  readonly accounts: Collection<AccountDocument>
  readonly identities: Collection<IdentityDocument>
  readonly links: Collection<LinkDocument>
  readonly audit: Collection<AuditDocument>
  readonly auditBlocks: Collection<AuditBlockDocument>
  readonly customers: Collection<CustomerDocument>
  readonly changes: Collection<CustomerChangeDocument>
  readonly terms: Collection<TermDocument>
  readonly totals: Collection<TotalDocument>
  readonly keys: Collection<KeyDocument>
  readonly dataKeys: Collection<DataKeyDocument>
  readonly erasures: Collection<ErasureDocument>
  readonly erasureRequests: Collection<ErasureRequestDocument>
  readonly consents: Collection<ConsentDocument>
  readonly linkChanges: Collection<LinkChangeDocument>
  readonly contested: Collection<ContestedDocument>
  readonly credentials: Collection<CredentialDocument>
  readonly names: Collection<NameDocument>
  readonly passkeys: Collection<PasskeyDocument>
  readonly logouts: Collection<LogoutDocument>
  readonly clients: Collection<ClientDocument>
  readonly secretUses: Collection<SecretUseDocument>
  readonly rollouts: Collection<RolloutDocument>
  readonly funnel: Collection<FunnelDocument>
  readonly messages: Collection<MessageDocument>
  readonly reviews: Collection<ReviewDocument>
  readonly grants: Collection<GrantDocument>
  readonly health: Collection<HealthDocument>
}

/** What each collection is called in the database. */
export const COLLECTION_NAMES = {
  accounts: 'accounts',
  identities: 'identities',
  links: 'customer_links',
  audit: 'audit_events',
  auditBlocks: 'audit_blocks',
  customers: 'customers',
  changes: 'customer_changes',
  terms: 'customer_terms',
  totals: 'totals',
  keys: 'keys',
  dataKeys: 'data_keys',
  erasures: 'erasures',
  erasureRequests: 'erasure_requests',
  consents: 'consents',
  linkChanges: 'link_changes',
  contested: 'contested_records',
  credentials: 'credentials',
  names: 'names',
  passkeys: 'passkeys',
  logouts: 'logouts',
  clients: 'clients',
  secretUses: 'client_secret_uses',
  rollouts: 'rollouts',
  funnel: 'funnel',
  messages: 'messages',
  reviews: 'reviews',
  grants: 'grants',
  health: 'health',
} as const satisfies Record<keyof Collections, string>

/** The typed collections of a database. */
export const collectionsOf = (db: Db): Collections =>
  Object.fromEntries(Object.entries(COLLECTION_NAMES).map(([key, name]) => [key, db.collection(name)])) as Collections
