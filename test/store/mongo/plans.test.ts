import type { Db, Document } from 'mongodb'
import type { AccountId } from '#src/kernel/identity.ts'
import { type MongoStore, openMongoStore } from '#src/store/mongo/open.ts'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import type { StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { StoredCustomer } from '#src/store/ports/customers.ts'
import type { LinkChange } from '#src/store/ports/link-changes.ts'
import type { DueMessage } from '#src/store/ports/messages.ts'
import { createCallRecorder } from '#test/store/record-calls.ts'
import { isRouted, startMongoShards } from '#test/support/servers/start-mongo-shards.ts'
import { createCommandRecorder } from './record-commands.ts'
import { createSiteRecorder } from './record-sites.ts'
import { refusalOf, scatterOf, statementsOf, targetOf } from './sharding-rules.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'
import { toldScatters } from './told-scatters.ts'

/** Some are sent to be refused as what is there already. */
const DUPLICATE = 11000

/** In every collection that grows. */
const DOCUMENTS = 100_000
const BATCH = 10_000
/** What one operation may look at: the longest search here, and far less than a scan. */
const MOST_EXAMINED = 1000
const NOW = Date.parse('2036-11-22T12:00:00Z')

/** Synthetic documents, as short as their schema allows. */
const SEEDS: Readonly<Record<string, (n: number) => Document>> = {
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

const seed = async (db: Db): Promise<void> => {
  for (const [collection, document] of Object.entries(SEEDS)) {
    for (let start = 0; start < DOCUMENTS; start += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, index) => document(start + index))
      await db.collection(collection).insertMany(batch, { ordered: false, writeConcern: { w: 1, journal: false } })
    }
  }
}

const customer = (customerId: string, digest: string): StoredCustomer => ({
  serviceLine: 'tv',
  customerId,
  document: 'd',
  digest,
  keys: ['k7', 'new'],
  terms: ['t8', 'new'],
})

/** A change of links in each of its ways. */
const changeLinks = async ({ accounts, linkChanges }: MongoStore): Promise<void> => {
  const event = { at: 1, type: 't', accountId: 'a7', data: {} }
  const [bound] = await linkChanges.identitiesOf('a11' as AccountId)
  expect(bound).toEqual(await linkChanges.referTo({ issuer: 'i', clientId: 'c', subject: 's11' }))
  expect(await linkChanges.ownerOf({ issuer: 'i', clientId: 'c', subject: 's11' })).toBe('a11')
  const record = { serviceLine: 'tv', customerId: '11' } as const
  const [moved] = await accounts.customersOf('a11' as AccountId)
  const change = {
    id: 'new',
    kind: 'split',
    state: 'done',
    at: 1,
    by: 'b',
    reason: 'r',
    moves: [
      { thing: 'record', record, link: moved as StoredCustomerLink, from: 'a11', to: 'new-a' },
      { thing: 'identity', identity: { issuer: 'i', clientId: 'c', subject: 's11' }, from: 'a11', to: 'new-a' },
      { thing: 'account', account: 'a12', apps: [], to: 'a13' },
    ],
  } as unknown as LinkChange
  const opened = { id: 'new-a' as AccountId, createdAt: 1, updatedAt: 1, claims: {} }
  const input = { change, opens: [{ account: opened, dataKey: 'w' }], endLogins: ['a11' as AccountId], events: [event] }
  expect(await linkChanges.apply(input)).toBe('done')
  const undone = {
    ...change,
    id: 'undo',
    kind: 'undo',
    undoes: 'new',
    moves: [
      { thing: 'record', record, link: moved as StoredCustomerLink, from: 'new-a', to: 'a11' },
      { thing: 'account', account: 'a12', apps: [], from: 'a13' },
    ],
  } as unknown as LinkChange
  expect(await linkChanges.apply({ change: undone, opens: [], endLogins: [], events: [event] })).toBe('done')
  const other = { serviceLine: 'tv', customerId: '16' } as const
  const taken = {
    ...change,
    id: 'taken',
    kind: 'unlink',
    moves: [{ thing: 'record', record: other, from: 'a16' }],
  } as unknown as LinkChange
  const settles = [
    { matter: { kind: 'record-changed', accountId: 'a16' as AccountId, customer: other }, event },
  ] as const
  expect(await linkChanges.apply({ change: taken, opens: [], endLogins: [], settles, events: [event] })).toBe('done')
  const given = {
    ...change,
    id: 'given',
    kind: 'link',
    moves: [{ thing: 'record', record: other, link: { ...moved, ...other, method: 'match' }, to: 'a17' }],
  } as unknown as LinkChange
  // It was just taken from somebody.
  expect(await linkChanges.apply({ change: given, opens: [], endLogins: [], events: [event] })).toBe('stale')
  await linkChanges.propose({ ...change, id: 'newer', state: 'proposed' }, [event])
  expect(await linkChanges.withdraw({ id: 'newer', by: 'b', at: 1, events: [event] })).toBe(true)
  expect(await linkChanges.find('l7')).toBeDefined()
  expect(await linkChanges.list({ of: { accountId: 'a14' as AccountId }, limit: 10 })).toHaveLength(1)
  expect(await linkChanges.list({ of: 'proposed', before: { at: 50_000, id: 'l' }, limit: 10 })).toHaveLength(10)
}

const useCredentials = async ({ credentials, passkeys }: MongoStore): Promise<void> => {
  const accountId = 'a21' as AccountId
  const event = { at: 1, type: 't', accountId, data: {} }
  const credential = { legacyId: 'new', username: 'new', document: 'd', digest: 'd' }
  const account = { id: 'imported' as AccountId, createdAt: 1, updatedAt: 1, claims: {}, subjects: { c: 'new' } }
  const subjects = [{ clientId: 'c', subject: 'new' }]
  const imported = { account, subjects, credential, customers: [], events: [event] }
  expect(await credentials.importMany([imported])).toBe('imported')
  expect(await credentials.importMany([imported])).toBe('taken')
  expect(await credentials.find(accountId)).toMatchObject({ legacyId: 'l21' })
  expect(await credentials.findByUsername('n22')).toMatchObject({ accountId: 'a22' })
  expect((await credentials.findByLegacyIds(['n21', 'n24'])).size).toBe(2)
  expect(await credentials.isSubjectTaken({ clientId: 'c', subject: 'n23' })).toBe(true)
  expect(await credentials.replace({ accountId, ...credential, username: 'newer' }, [event])).toBe('replaced')
  const identity = { issuer: 'i', clientId: 'd', subject: 'new' }
  const customers = [{ serviceLine: 'tv', customerId: '21', method: 'import', ruleVersion: '1', evidence: {} }] as const
  const binding = {
    accountId,
    identity,
    claims: { from: 21, claims: {}, updatedAt: 22 },
    customers,
    at: 1,
    enteredAt: 1,
    retiresAt: 2,
    events: [event],
  }
  expect(await credentials.bind(binding)).toEqual({ kind: 'bound' })
  expect(await credentials.bind({ ...binding, identity: { ...identity, subject: 'x' } })).toEqual({
    kind: 'account-bound',
  })
  expect(await credentials.retire({ accountId, retiresAt: 1, events: [event] })).toBe(true)

  const passkey = { id: 'new', accountId, document: 'd', counter: 0, createdAt: 1 }
  expect(await passkeys.add(passkey, { most: 1, loggedInAt: 1 }, [event])).toBe('added')
  expect(await passkeys.add({ ...passkey, id: 'newer' }, { most: 1, loggedInAt: 1 }, [event])).toBe('full')
  await passkeys.find('p7')
  expect(await passkeys.list('a7' as AccountId)).toHaveLength(1)
  expect(await passkeys.use({ id: 'p7', from: 0, to: 1, at: 1 })).toBe(true)
  expect(await passkeys.remove({ accountId, id: 'new', events: [event] })).toBe(true)
}

/** Every method of the store, those with several ways to go each of them. */
const useEverything = async (store: MongoStore): Promise<void> => {
  const {
    accounts,
    audit,
    auditChain,
    clients,
    consents,
    customers,
    dataKeys,
    erasures,
    funnel,
    grants,
    keys,
    logouts,
    reviews,
    rollouts,
  } = store
  const event = { at: 1, type: 't', accountId: 'a7', data: {} }
  const opening = (subject: string, customerId: string) =>
    accounts.open({
      account: { id: `new-${subject}` as AccountId, createdAt: 1, updatedAt: 1, claims: {} },
      identity: { issuer: 'i', clientId: 'c', subject },
      customers: [{ serviceLine: 'tv', customerId, method: 'match', ruleVersion: '1', evidence: {} }],
      events: [event],
      dataKey: 'w',
    })
  expect((await opening('new', 'new')).kind).toBe('bound')
  expect((await opening('s7', 'newer')).kind).toBe('already')
  expect((await opening('newest', '7')).kind).toBe('owned-elsewhere')
  await accounts.find('a7' as AccountId)
  const identity = { issuer: 'i', clientId: 'c', subject: 's7' }
  await accounts.findByIdentity(identity)
  expect(await accounts.findWithIdentity(identity)).toMatchObject({ id: 'a7' })
  const together = await Promise.all([
    accounts.findWithIdentity(identity),
    accounts.find('a8' as AccountId),
    accounts.findByIdentity({ ...identity, subject: 's9' }),
    rollouts.current('c7'),
    grants.find('RefreshToken', 'r7'),
    consents.find('a8' as AccountId, 'c'),
  ])
  expect(together).toMatchObject([{ id: 'a7' }, { id: 'a8' }, 'a9', { clientId: 'c7' }, {}, { clientId: 'c' }])
  await accounts.changeAccess({ id: 'a7' as AccountId, blocked: true, loginsNotBefore: 1, events: [event] })
  expect(await accounts.updateClaims('a7' as AccountId, { from: 7, claims: {}, updatedAt: 8 })).toBe(true)
  expect(await accounts.customersOf('a7' as AccountId)).toHaveLength(1)
  await accounts.ownersOf([{ serviceLine: 'tv', customerId: '7' }])
  await accounts.contestedAmong([{ serviceLine: 'tv', customerId: '7' }])
  expect(await accounts.survey({ after: 'a5', limit: 100 })).toHaveLength(100)
  for (const id of ['a3', 'a18'] as AccountId[]) {
    expect(await accounts.erase({ id, erasedAt: 1, events: [event] })).toBe(true)
  }
  expect(await erasures.list({ after: 'e050000', limit: 100 })).toHaveLength(100)
  expect(await erasures.request('e7' as never, 7)).toBe(7)
  expect(await erasures.requested('e7' as never)).toBe(7)
  expect(await erasures.due({ now: 50, limit: 10 })).toHaveLength(10)
  expect(await erasures.withdraw('e7' as never)).toBe(true)

  await consents.give({ accountId: 'a8' as AccountId, clientId: 'c', scopes: ['phone'], at: 1 })
  await consents.find('a8' as AccountId, 'c')
  expect(await consents.list('a8' as AccountId)).toHaveLength(1)
  expect(await consents.withdraw('a8' as AccountId, 'c')).toBe(true)

  const rollout = { clientId: 'c7', version: 2, policy: {}, at: 1, by: 'b', reason: 'r' }
  expect(await rollouts.put(rollout, [event])).toBe(true)
  expect(await rollouts.current('c7')).toMatchObject({ version: 2 })
  expect(await rollouts.history('c7', 10)).toHaveLength(2)
  const counted = { day: '2036-11-22', clientId: 'c7', method: 'm', step: 'started', count: 1 }
  await funnel.add([counted, { ...counted, day: '2036-11-23' }])
  expect(await funnel.list(['c7', 'c8'], '2036-11-22')).toHaveLength(3)
  expect(await funnel.total('2036-11-23')).toHaveLength(1)
  expect(await funnel.forget({ day: '2036-11-22', limit: 10 })).toBe(0)
  expect(await funnel.forget({ day: '2036-11-23', limit: 10 })).toBe(10)
  expect(await funnel.busiest(['2036-11-21', '2036-11-22', '2036-11-23'], 5)).toHaveLength(5)
  await changeLinks(store)
  await useCredentials(store)

  const { messages } = store
  const notice = { sid: 'new', sessionUid: 'u', clientId: 'c', accountId: 'a' as AccountId }
  for (const sid of ['new', 'o7']) await logouts.watch({ ...notice, sid }, 50_000)
  for (const ended of [{ sessionUid: 'u8' }, { sessionUid: 'u9', clientId: 'c' }, { accountId: 'a10' as AccountId }]) {
    expect(await logouts.release(ended, 1)).toBe(1)
  }
  expect(await logouts.takeDue({ now: 100_000, leaseMs: 1, limit: 20 })).toHaveLength(20)
  await logouts.postpone('o7', 1)
  await logouts.settle('o7')

  const message = { id: 'new', content: 'c', expiresAt: 1 }
  for (const taken of [true, false]) expect(await messages.put(message, 200_000)).toBe(taken)
  const due = await messages.takeDue({ now: 100_000, leaseMs: 100_000, limit: 20 })
  expect(due).toHaveLength(20)
  expect(await messages.postpone(due[0] as DueMessage, 200_000)).toBe(true)
  expect(await messages.settle(due[1] as DueMessage, 200_000)).toBe(true)
  const [third, fourth] = due.slice(2) as [DueMessage, DueMessage]
  const both = [third, { ...fourth, tries: 99 }].map(claim => messages.settle(claim, 200_000))
  expect(await Promise.all(both)).toEqual([true, false])
  expect(await messages.forget(100)).toBe(50)

  const stored = await clients.find('c000007')
  if (stored === undefined) throw new Error('the client that was seeded is gone')
  await clients.put({ ...stored, version: 2 }, [event])
  expect(await clients.page({ after: 'c050000', limit: 100 })).toHaveLength(100)
  expect(await clients.page({ prefix: 'c0001', after: '', limit: 100 })).toHaveLength(100)
  expect(await clients.changed({ after: 1_050_000, limit: 100 })).toHaveLength(100)
  for (const latestFirst of [false, true]) {
    expect(await clients.ending({ from: 10_000, before: 50_000, limit: 100, latestFirst })).toHaveLength(100)
  }
  for (const at of [1, 100_000_000]) await clients.noteSecretUse({ clientId: 'c7', secretId: 's', at })
  expect((await clients.secretUses('c8')).size).toBe(1)
  const matter = { kind: 'record-changed', accountId: 'a8', customer: { serviceLine: 'tv', customerId: '8' } } as const
  const about = { ...matter, accountId: 'a8' as AccountId }
  expect(await reviews.raise({ matter: about, raisedAt: 1, data: {}, events: [event] })).toBe(true)
  expect(await reviews.list({ limit: 100 })).toHaveLength(100)
  expect(await reviews.list({ all: true, limit: 100, after: { raisedAt: 50_000, id: 'v50000' } })).toHaveLength(100)
  for (const all of [false, true]) {
    const accountId = 'a10' as AccountId
    expect(await reviews.list({ all, accountId, limit: 100 })).toHaveLength(1)
    expect(await reviews.list({ all, accountId, after: { raisedAt: 50_000, id: 'v50000' }, limit: 100 })).toEqual([])
  }
  await reviews.find('v7')
  expect(await reviews.close({ id: 'v8', raisedAt: 8, at: 1, by: 'x', outcome: 'kept', events: [event] })).toBe(true)

  await dataKeys.find('key7')
  expect((await dataKeys.ofAccounts(['a7', 'a8', 'none'])).size).toBe(2)
  await dataKeys.putIfAbsent('new', 'w')
  expect(await dataKeys.replace('key7', 'w', 'x')).toBe(true)

  await audit.append([event])
  expect(await audit.list({ after: 50_000, limit: 100 })).toHaveLength(100)
  expect((await audit.list({ after: 0, limit: 100, accountId: 'a7' })).length).toBeGreaterThan(1)
  for (const query of [{}, { type: 't7' }, { clientId: 'c7' }, { accountId: 'a7' }, { from: 40_000, to: 50_000 }]) {
    expect((await audit.search({ ...query, limit: 100 })).length).toBeGreaterThan(1)
  }
  expect(await audit.search({ record: 'r17', type: 't7', limit: 100 })).toHaveLength(1)
  await audit.search({ type: 't7', clientId: 'c7', before: { at: 50_000, sequence: 50_000 }, limit: 100 })
  const [open] = await auditChain.unsealed(100)
  const { number = 0 } = (await auditChain.head()) ?? {}
  const block = { number: number + 1, sealedAt: 1, events: 1, mac: 'm' }
  expect(await auditChain.seal(block, [open?.sequence ?? 0])).toBe(true)
  expect(await auditChain.eventsOf({ first: 5000, last: 5009 })).toHaveLength(100)
  expect(await auditChain.blocks({ after: 50_000, limit: 100 })).toHaveLength(100)
  expect(await auditChain.remove({ through: 100, limit: 100 })).toBe(100)
  expect(await auditChain.remove({ through: 10, limit: 100 })).toBe(10)

  const put = (id: string) => ({ kind: 'put', record: customer(id, 'new') }) as const
  await customers.write([put('7'), put('new')], 1)
  await customers.write([put('7')], 2)
  expect(await customers.unchanged([customer('7', 'new'), customer('8', 'new')])).toEqual(new Set(['tv:7']))
  expect(await customers.find([{ serviceLine: 'tv', customerId: '7' }])).toHaveLength(1)
  const noted = await customers.notedChanges({ limit: 10 })
  expect(await customers.notedChanges({ limit: 10, after: { at: 50_000, id: 'c' } })).toHaveLength(10)
  expect(noted).toHaveLength(10)
  await customers.settleChanges(noted)
  await customers.write([{ kind: 'remove', key: { serviceLine: 'tv', customerId: 'new' } }], 60_000)
  expect((await customers.findByKeys(['k9', 'k10'], 400)).records).toHaveLength(2)
  expect((await customers.findByKeys(['common1', 'k9', 'all'], 400)).overflowed).toEqual(['common1', 'all'])
  expect((await customers.findByKeys(['common1', 'all'], 600)).records).toHaveLength(500)
  await customers.findByCustomerId('7')
  await customers.page({ limit: 10 })
  await customers.page({ limit: 10, after: 'tv:7' })
  await customers.termCounts(['t7', 'none'])
  await customers.countByLine()
  await customers.count()

  await keys.find('key7')
  await keys.putIfAbsent('new', 'v')
  await keys.replace('new', 'v', 'w')
  expect(await keys.names('key9999')).toHaveLength(11)
  for (const id of ['new', 'r7']) await grants.upsert('RefreshToken', id, {}, 60, { grantId: 'g8' })
  for (const id of ['once', 'r9']) await grants.insertOnce('RefreshToken', id, 60)
  await grants.find('RefreshToken', 'r7')
  await grants.findByUid('RefreshToken', 'u9')
  await grants.findAllByUid('RefreshToken', 'u9', 10)
  await grants.findByUserCode('RefreshToken', 'c9')
  expect(await grants.consume('RefreshToken', 'r7')).toBe(true)
  await grants.destroy('RefreshToken', 'r9')
  await grants.revokeByGrantId('RefreshToken', 'g8')
  expect(await accounts.totals()).toMatchObject({ identities: expect.any(Number), links: expect.any(Number) })
  expect((await store.credentials.totals()).subjects).toBeGreaterThan(0)
  await store.ping()
}

/** For checks of a copy alone, and it has to count everything: in an index, and no document is looked at. */
const countsAll = ({ command, docsExamined }: Document): boolean =>
  command.pipeline?.some((stage: Document) => stage.$group?._id === 1) === true &&
  command.hint !== undefined &&
  docsExamined === 0

/** Only where contact was lost in the middle of a transaction: failures.test.ts. */
const UNREACHED = /^connection\/connection\.ts:\d+ await collectionsOf\(db\)\.health\.findOne\(/

/** What belongs to the connection and not to the query, and `explain` does not take. */
const ENVELOPE = new Set([
  'lsid',
  '$clusterTime',
  '$db',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
])

/** The command as it was sent; the profiler keeps of updates and deletions the statement alone. */
const commandOf = ({ op, ns, command }: Document): Document => {
  const collection = ns.slice(ns.indexOf('.') + 1)
  if (op === 'update') return { update: collection, updates: [command] }
  if (op === 'remove') return { delete: collection, deletes: [command] }
  return Object.fromEntries(Object.entries(command).filter(([name]) => !ENVELOPE.has(name)))
}

/** Every stage of a plan, wherever in the answer it is. */
const stagesOf = (plan: unknown): string[] => {
  if (typeof plan !== 'object' || plan === null) return []
  const { stage } = plan as { stage?: unknown }
  return [...(typeof stage === 'string' ? [stage] : []), ...Object.values(plan).flatMap(stagesOf)]
}

describe('query plans', () => {
  let mongo: TestDatabase
  let queries: Document[]
  const calls = createCallRecorder()
  const sites = createSiteRecorder()
  const commands = createCommandRecorder()

  beforeAll(async () => {
    mongo = await openTestDatabase()
    const db = mongo.client.db(mongo.database)
    commands.watch()
    const heard = { url: commands.listening(mongo.url), database: mongo.database }
    const store = await openMongoStore({ ...heard, clock: () => NOW, migrate: true })
    commands.end()
    await seed(db)
    await db.createCollection('system.profile', { capped: true, size: 64 * 2 ** 20 })
    await db.command({ profile: 2 })
    sites.watch()
    await useEverything(calls.record(store))
    sites.end()
    await db.command({ profile: 0 })
    await store.close()
    const operations = { ns: { $ne: `${mongo.database}.system.profile` }, op: { $ne: 'insert' } }
    queries = (await db.collection('system.profile').find(operations).toArray()).filter(
      ({ command }) => !('commitTransaction' in command || 'abortTransaction' in command || 'profile' in command),
    )
  }, 300_000)

  afterAll(() => mongo.close())

  test('every method was called, and its queries were seen', () => {
    expect(calls.uncalled()).toEqual(['close'])
    const seen = new Set(queries.map(({ ns }) => ns.slice(ns.indexOf('.') + 1)))
    expect([...seen].sort()).toEqual([...Object.keys(SEEDS), 'health', 'totals'].sort())
    expect(queries.length).toBeGreaterThan(40)
  })

  test('every place of the code that queries was reached', () => {
    expect(sites.known().length).toBeGreaterThan(100)
    expect(sites.unseen().filter(site => !UNREACHED.test(site))).toEqual([])
  })

  test('no query scans a collection or looks at more than it needs', () => {
    for (const query of queries) {
      const { ns, planSummary, keysExamined = 0, docsExamined = 0, command } = query
      const what = { ns, command: JSON.stringify(command).slice(0, 300), planSummary }
      expect({ ...what, scans: /COLLSCAN/.test(planSummary) }).toEqual({ ...what, scans: false })
      if (countsAll(query)) continue
      const most = Math.max(keysExamined, docsExamined)
      expect({ ...what, most: Math.max(most, MOST_EXAMINED) }).toEqual({ ...what, most: MOST_EXAMINED })
    }
  })

  test('the planner explains each of them by an index', async () => {
    const db = mongo.client.db(mongo.database)
    // A getMore goes on with a query that is among them.
    for (const query of queries.filter(({ op }) => op !== 'getmore')) {
      const command = commandOf(query)
      const explained = await db.command({ explain: command, verbosity: 'queryPlanner' })
      const stages = stagesOf(explained)
      expect(stages.some(stage => /^(IXSCAN|IDHACK|COUNT_SCAN|EXPRESS)/.test(stage))).toBe(true)
      expect({ command, stages }).not.toMatchObject({ stages: expect.arrayContaining(['COLLSCAN']) })
    }
  })

  /** Of every command that was sent, what it asks of a collection, with the shard key of that. */
  const statements = () =>
    commands
      .sent()
      .flatMap(({ commandName, command }) => statementsOf(commandName, command))
      .map(statement => ({ statement, sharding: SHARD_KEYS[statement.collection] }))

  test('a router of a sharded cluster would take each of them', () => {
    const kinds = new Set(statements().map(({ statement }) => statement.kind))
    expect([...kinds].sort()).toEqual(['delete', 'findAndModify', 'insert', 'read', 'update'])
    const refused = statements().flatMap(({ statement, sharding }) => {
      if (sharding === undefined) return [{ statement, refusal: 'no line in the table of shard keys' }]
      const refusal = sharding.key && refusalOf(sharding.key, statement)
      return refusal === undefined ? [] : [{ statement, refusal }]
    })
    expect(refused).toEqual([])
  })

  test('and one does, of all but findAndModify, each statement by itself', async () => {
    const cluster = await startMongoShards()
    try {
      await migrateUp(cluster.db, { waitMs: 10_000 })
      for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await cluster.shardCollection(name, key)
      for (const [insert, document] of Object.entries(SEEDS)) {
        await cluster.route('insert', { insert, documents: Array.from({ length: 100 }, (_, n) => document(n)) })
      }
      const routed = commands.sent().filter(({ commandName }) => isRouted(commandName))
      const refused: object[] = []
      for (const { commandName, command } of routed) {
        const answer = await cluster.route(commandName, command).catch(error => ({ writeErrors: [error] }))
        const errors = (answer.writeErrors ?? []).filter(({ code }: { code: unknown }) => code !== DUPLICATE)
        if (errors.length > 0) refused.push({ command, errors })
      }
      expect(refused).toEqual([])
      expect(routed.length).toBeGreaterThan(300)
    } finally {
      await cluster.close()
    }
  })

  test('those that ask every shard are told, and no others', () => {
    const scattered = statements().flatMap(({ statement, sharding }) =>
      sharding?.key !== undefined && statement.kind !== 'insert' && targetOf(sharding.key, statement.filter) === 'all'
        ? [scatterOf(statement)]
        : [],
    )
    expect([...toldScatters().keys()]).toEqual([...new Set(scattered)].sort())
  })

  test('the index that sharding needs is made of the ids as they are', async () => {
    const db = mongo.client.db(mongo.database)
    for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await db.collection(name).createIndex({ ...key })
  })
})
