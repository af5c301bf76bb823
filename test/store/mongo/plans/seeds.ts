import type { Db, Document } from 'mongodb'

/** In every collection that grows. */
const DOCUMENTS = 100_000
const BATCH = 10_000
/** The time of the store. */
export const NOW = Date.parse('2036-11-22T12:00:00Z')

/** Synthetic documents by collection, as short as their schema allows; of the nth what is in it follows from its number. */
export const SEEDS: Readonly<Record<string, (n: number) => Document>> = {
  accounts: n => ({
    _id: `a${n}`,
    createdAt: n,
    updatedAt: n,
    claims: '{}',
    dataKey: 'w',
    ...(n === 18 && { mergedInto: 'a19' }),
  }),
  identities: n => ({ _id: { issuer: 'i', clientId: 'c', subject: `s${n}` }, accountId: `a${n}` }),
  customer_links: n => ({
    _id: `tv:${n}`,
    accountId: `a${n}`,
    serviceLine: 'tv',
    customerId: `${n}`,
    method: 'match',
    ruleVersion: '1',
    evidence: '{}',
    linkedAt: n,
  }),
  audit_events: n => ({
    _id: n + 1,
    at: n,
    type: `t${n % 10}`,
    accountId: `a${n}`,
    clientId: `c${n % 10}`,
    records: [`r${n}`],
    data: '{}',
    ...(n < DOCUMENTS - 10 ? { block: 1 + Math.floor(n / 10) } : { unsealed: true }),
  }),
  audit_blocks: n => ({ _id: n + 1, sealedAt: n, events: 10, mac: 'm' }),
  customers: n => ({
    _id: `tv:${n}`,
    serviceLine: 'tv',
    customerId: `${n}`,
    document: 'd',
    digest: 'd',
    terms: [`t${n}`],
    keys: [`k${n}`, `common${n % 200}`, 'all'],
  }),
  customer_changes: n => ({
    _id: `tv:c${n}`,
    serviceLine: 'tv',
    customerId: `c${n}`,
    change: 'c',
    at: 1000 + n,
    former: 'd',
    fresh: false,
  }),
  reviews: n => ({
    _id: `v${n}`,
    kind: 'rebind',
    accountId: `a${n}`,
    raisedAt: n,
    data: '{}',
    open: n % 2 === 0,
  }),
  customer_terms: n => ({ _id: `t${n}`, records: 1 }),
  keys: n => ({ _id: `key${n}`, value: 'v' }),
  data_keys: n => ({ _id: `key${n}`, wrapped: 'w' }),
  erasures: n => ({ _id: `e${String(n).padStart(6, '0')}`, erasedAt: n }),
  contested_records: n => ({ _id: `tv:R${n}`, since: n }),
  erasure_requests: n => ({ _id: `e${String(n).padStart(6, '0')}`, dueAt: n }),
  consents: n => ({ _id: { accountId: `a${n}`, clientId: 'c' }, scopes: ['email'], since: n }),
  link_changes: n => ({
    _id: `l${n}`,
    at: n,
    kind: 'link',
    accounts: [`a${n}`],
    document: '{}',
    state: n % 1000 === 0 ? 'proposed' : 'done',
  }),
  credentials: n => ({ _id: `a${n}`, legacyId: `l${n}`, username: `u${n}`, document: 'd', digest: 'd' }),
  names: n => ({ _id: { scope: ['legacy', 'username', 'sub:c'][n % 3], name: `n${n}` }, accountId: `a${n}` }),
  passkeys: n => ({ _id: `p${n}`, accountId: `a${n}`, document: 'd', counter: 0, createdAt: n }),
  logouts: n => ({
    _id: `o${n}`,
    sessionUid: `u${n}`,
    clientId: 'c',
    accountId: `a${n}`,
    dueAt: n,
    tries: 0,
    released: false,
  }),
  clients: n => ({
    _id: `c${String(n).padStart(6, '0')}`,
    version: 1,
    change: 1_000_000 + n,
    state: 'active',
    managedBy: 'api',
    metadata: '{}',
    secrets: '[]',
    secretsEnd: n,
    createdAt: n,
    updatedAt: n,
  }),
  client_secret_uses: n => ({ _id: { clientId: `c${n}`, secretId: 's' }, usedAt: n }),
  rollouts: n => ({
    _id: { clientId: `c${n}`, version: 1 },
    policy: 'null',
    at: n,
    by: 'b',
    reason: 'r',
  }),
  funnel: n => ({ _id: { clientId: `c${n}`, day: '2036-11-22', method: 'm', step: 'started' }, count: n }),
  messages: n => ({
    _id: `m${n}`,
    open: n % 2 === 0,
    expiresAt: n,
    dueAt: n,
    tries: 0,
    ...(n % 2 === 0 && { content: '{}' }),
  }),
  grants: n => ({
    _id: { model: 'RefreshToken', id: `r${n}` },
    payload: '{}',
    expiresAt: new Date(NOW + 1 + n),
    grantId: `g${n}`,
    uid: `u${n}`,
    userCode: `c${n}`,
  }),
}

/** Fills every collection that grows. */
export const seed = async (db: Db): Promise<void> => {
  for (const [collection, document] of Object.entries(SEEDS)) {
    for (let start = 0; start < DOCUMENTS; start += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, index) => document(start + index))
      await db.collection(collection).insertMany(batch, { ordered: false, writeConcern: { w: 1, journal: false } })
    }
  }
}
