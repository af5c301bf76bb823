import type { Document } from 'mongodb'
import { collectionStep, indexStep, type Migration } from './migration.ts'

const text = { bsonType: 'string' }
const number = { bsonType: 'number' }
const texts = { bsonType: 'array', items: text }
const serviceLine = { enum: ['mobile', 'internet', 'tv', 'landline'] }

const object = (required: Document, optional: Document = {}): Document => ({
  bsonType: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
  additionalProperties: false,
})

const accounts = object(
  { _id: text, createdAt: number, updatedAt: number, claims: text },
  {
    dataKey: text,
    subjects: text,
    passkeys: number,
    blocked: { enum: [true] },
    loginsNotBefore: number,
    mergedInto: text,
    changes: number,
    absorbed: { bsonType: 'array', items: object({ id: text, apps: texts }) },
  },
)

const logouts = object(
  {
    _id: text,
    sessionUid: text,
    clientId: text,
    accountId: text,
    dueAt: number,
    tries: number,
    released: { bsonType: 'bool' },
  },
  { subjectOf: text, taker: text },
)

const linkChanges = object(
  { _id: text, at: number, kind: text, state: text, accounts: texts, document: text },
  { undoes: text, undoneBy: text },
)

const messages = object(
  { _id: text, open: { bsonType: 'bool' }, expiresAt: number, dueAt: number, tries: number },
  { content: text, taker: text },
)

const links = object(
  {
    _id: text,
    accountId: text,
    serviceLine,
    customerId: text,
    method: { enum: ['match', 'proof', 'admin', 'import'] },
    ruleVersion: text,
    evidence: text,
    linkedAt: number,
  },
  { role: { enum: ['holder', 'user', 'administrator'] } },
)

const auditEvents = {
  ...object(
    { _id: number, at: number, type: text, data: text },
    { accountId: text, clientId: text, records: texts, unsealed: { enum: [true] }, block: number },
  ),
  // In a block, or found by whoever makes the next one.
  oneOf: [{ required: ['unsealed'] }, { required: ['block'] }],
}

const clients = object(
  {
    _id: text,
    version: number,
    change: number,
    state: { enum: ['active', 'disabled', 'removed'] },
    managedBy: { enum: ['file', 'api', 'dcr', 'apply'] },
    metadata: text,
    secrets: text,
    createdAt: number,
    updatedAt: number,
  },
  { owner: text, secretsEnd: number },
)

const credentials = object(
  { _id: text, legacyId: text, document: text, digest: text },
  { username: text, retiresAt: number },
)

const passkeys = object(
  { _id: text, accountId: text, document: text, counter: number, createdAt: number },
  { usedAt: number },
)

const customers = object({
  _id: text,
  serviceLine,
  customerId: text,
  document: text,
  digest: text,
  keys: texts,
  terms: texts,
})

const rollouts = object({
  _id: object({ clientId: text, version: number }),
  policy: text,
  at: number,
  by: text,
  reason: text,
})

const funnel = object({
  _id: object({ clientId: text, day: text, method: text, step: text }),
  count: number,
})

const grants = object(
  { _id: object({ model: text, id: text }), payload: text, expiresAt: { bsonType: 'date' } },
  { consumedAt: number, grantId: text, uid: text, userCode: text },
)

const customerChanges = object({
  _id: text,
  serviceLine,
  customerId: text,
  change: text,
  at: number,
  former: text,
  fresh: { bsonType: 'bool' },
})

const reviews = object(
  {
    _id: text,
    kind: { enum: ['record-changed', 'record-withdrawn', 'owner-conflict', 'rebind'] },
    accountId: text,
    raisedAt: number,
    data: text,
    open: { bsonType: 'bool' },
  },
  {
    customer: object({ serviceLine, customerId: text }),
    closed: object({ at: number, by: text, outcome: { enum: ['kept', 'changed', 'undecided'] } }),
  },
)

/** A minute of grace, for a node whose clock is behind the server's. */
const TTL_GRACE_SECONDS = 60

/**
 * The collections with their schemas and indexes. What must be unique for ever is the `_id` wherever it can be (the
 * identity key, service line and customer id), for only that stays unique when a collection is sharded (ADR 0009).
 */
export const collections: Migration = {
  version: 1,
  name: 'collections',
  steps: [
    collectionStep('accounts', accounts),
    collectionStep(
      'identities',
      object({ _id: object({ issuer: text, clientId: text, subject: text }), accountId: text }),
    ),
    indexStep('identities', { accountId: 1, '_id.issuer': 1, '_id.clientId': 1 }, { unique: true }),
    collectionStep('customer_links', links),
    indexStep('customer_links', { accountId: 1, serviceLine: 1, customerId: 1 }),
    collectionStep('audit_events', auditEvents),
    indexStep('audit_events', { accountId: 1, _id: 1 }),
    indexStep('audit_events', { at: 1, _id: 1 }),
    indexStep('audit_events', { type: 1, at: 1, _id: 1 }),
    indexStep('audit_events', { clientId: 1, at: 1, _id: 1 }),
    indexStep(
      'audit_events',
      { records: 1, at: 1, _id: 1 },
      { partialFilterExpression: { records: { $exists: true } } },
    ),
    indexStep('audit_events', { unsealed: 1, _id: 1 }, { partialFilterExpression: { unsealed: true } }),
    indexStep('audit_events', { block: 1, _id: 1 }, { partialFilterExpression: { block: { $exists: true } } }),
    collectionStep('audit_blocks', object({ _id: number, sealedAt: number, events: number, mac: text })),
    collectionStep('customers', customers),
    indexStep('customers', { keys: 1 }),
    indexStep('customers', { customerId: 1, serviceLine: 1 }),
    collectionStep('customer_changes', customerChanges),
    indexStep('customer_changes', { at: 1, change: 1 }),
    collectionStep('customer_terms', object({ _id: text, records: number })),
    collectionStep('totals', object({ _id: text }, { imports: number, changes: number })),
    collectionStep('keys', object({ _id: text, value: text })),
    collectionStep('data_keys', object({ _id: text, wrapped: text })),
    collectionStep('erasures', object({ _id: text, erasedAt: number })),
    collectionStep('erasure_requests', object({ _id: text, dueAt: number })),
    indexStep('erasure_requests', { dueAt: 1 }),
    collectionStep(
      'consents',
      object({ _id: object({ accountId: text, clientId: text }), scopes: texts, since: number }),
    ),
    indexStep('consents', { '_id.accountId': 1, '_id.clientId': 1 }),
    collectionStep('link_changes', linkChanges),
    indexStep('link_changes', { accounts: 1, at: 1, _id: 1 }),
    indexStep('link_changes', { state: 1, at: 1, _id: 1 }),
    collectionStep('contested_records', object({ _id: text, since: number })),
    collectionStep('credentials', credentials),
    collectionStep('names', object({ _id: object({ scope: text, name: text }), accountId: text })),
    indexStep('names', { accountId: 1 }),
    collectionStep('passkeys', passkeys),
    indexStep('passkeys', { accountId: 1, createdAt: 1 }),
    collectionStep('logouts', logouts),
    indexStep('logouts', { dueAt: 1 }),
    indexStep('logouts', { sessionUid: 1, clientId: 1 }),
    indexStep('logouts', { accountId: 1 }),
    collectionStep('clients', clients),
    indexStep('clients', { change: 1 }, { unique: true }),
    indexStep('clients', { secretsEnd: 1 }, { sparse: true }),
    collectionStep('client_secret_uses', object({ _id: object({ clientId: text, secretId: text }), usedAt: number })),
    indexStep('client_secret_uses', { '_id.clientId': 1 }),
    collectionStep('rollouts', rollouts),
    indexStep('rollouts', { '_id.clientId': 1, '_id.version': -1 }),
    collectionStep('funnel', funnel),
    indexStep('funnel', { '_id.clientId': 1, '_id.day': 1, '_id.method': 1, '_id.step': 1 }),
    indexStep('funnel', { '_id.day': 1, count: -1 }, { partialFilterExpression: { '_id.step': 'started' } }),
    indexStep('funnel', { '_id.day': 1 }),
    collectionStep('messages', messages),
    indexStep('messages', { open: 1, dueAt: 1 }),
    collectionStep('reviews', reviews),
    indexStep('reviews', { open: 1, raisedAt: 1, _id: 1 }),
    indexStep('reviews', { raisedAt: 1, _id: 1 }),
    indexStep('reviews', { accountId: 1 }),
    collectionStep('grants', grants),
    indexStep('grants', { expiresAt: 1 }, { expireAfterSeconds: TTL_GRACE_SECONDS }),
    indexStep('grants', { grantId: 1 }, { sparse: true }),
    indexStep('grants', { uid: 1 }, { sparse: true }),
    indexStep('grants', { userCode: 1 }, { sparse: true }),
    collectionStep('health', object({ _id: text, pings: number })),
  ],
}
