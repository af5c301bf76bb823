import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadHashCosts } from '#src/accounts/credentials/hash-costs.ts'
import { importAccounts, type RejectedLine } from '#src/accounts/credentials/import-accounts.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'

/** Imports of synthetic accounts into a real store. */
let dir: string
let store: Store
let ids = 0
let rejected: RejectedLine[]

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-accounts-'))
  store = await encryptTestStore(await openSqliteStore({ dataDir: dir, clock: Date.now }), { clock: Date.now, dir })
  ids = 0
  rejected = []
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

type Line = { [field: string]: unknown }
const HASH = '$scrypt$ln=10,r=8,p=1$FCIEYCylFGIM4RyjFCJEqA$O/OEwsXQ4LjaUJ7nkdrjBcF8U5vEAZTVWDmifTwm/ZA'
const ITSME = { issuer: 'https://idp.example', clientId: 'PIAS', sub: 's-1' }
const CUSTOMERS = [
  { serviceLine: 'mobile', customerId: 'M-1' },
  { serviceLine: 'tv', customerId: 'T-1' },
]
const line = (legacyId: string, more: Line = {}): Line => ({ legacyId, customers: [], ...more })

const bring = (lines: readonly (Line | string)[], options: { batchSize?: number; from?: string } = {}) =>
  importAccounts({
    ...store,
    lines: (async function* () {
      for (const [at, one] of lines.entries()) {
        const text = typeof one === 'string' ? one : JSON.stringify(one)
        yield { kind: 'text' as const, number: at + 1, text }
      }
    })(),
    clock: () => 1000,
    newAccountId: () => `${options.from ?? 'account'}-${++ids}` as AccountId,
    rejects: one => {
      rejected.push(one)
    },
    ...options,
  })
const counts = (more: Partial<Awaited<ReturnType<typeof bring>>>) => ({
  lines: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  ...more,
})
const events = async () => (await store.audit.list({ after: 0, limit: 100 })).map(({ type }) => type)

test('a whole line becomes an account with its login, records, identity and subjects', async () => {
  const whole = line('L-1', {
    username: ' Bruno@Mail.example ',
    passwordHash: HASH,
    subs: { 'my-app': 'old-sub' },
    customers: CUSTOMERS,
    itsme: ITSME,
  })
  expect(await bring([whole])).toEqual(counts({ lines: 1, inserted: 1 }))
  const id = 'account-1' as AccountId
  const { sub: subject, ...client } = ITSME
  expect(await store.accounts.findByIdentity({ ...client, subject })).toBe(id)
  expect(await store.accounts.find(id)).toMatchObject({ claims: {}, subjects: { 'my-app': 'old-sub' } })
  expect(await store.credentials.findByUsername('bruno@mail.example')).toMatchObject({ accountId: id, legacyId: 'L-1' })
  expect(await store.accounts.customersOf(id)).toMatchObject(CUSTOMERS.map(key => ({ ...key, method: 'import' })))
  expect(await events()).toEqual(['account.opened', 'link.created', 'link.created'])
  expect(Object.values(await loadHashCosts(store.keys))).toEqual([{ dummy: expect.any(String), accounts: 1 }])
})

test('importing again changes nothing, in whatever batches', async () => {
  const lines = ['a', 'b', 'c', 'd'].map((id, at) =>
    line(id, { username: id, passwordHash: HASH, customers: [{ serviceLine: 'tv', customerId: `T-${at}` }] }),
  )
  expect(await bring(lines, { batchSize: 3 })).toEqual(counts({ lines: 4, inserted: 4 }))
  const before = await store.audit.list({ after: 0, limit: 100 })
  expect(await bring(lines.toReversed(), { batchSize: 2 })).toEqual(counts({ lines: 4, unchanged: 4 }))
  expect(await store.audit.list({ after: 0, limit: 100 })).toEqual(before)
  expect(Object.values(await loadHashCosts(store.keys))).toMatchObject([{ accounts: 4 }])
})

test('one that was ended in the middle is completed by another', async () => {
  const lines = ['a', 'b', 'c', 'd', 'e'].map(id => line(id))
  const dying = bring(
    [...lines.slice(0, 3), line('bad'), ...lines.slice(3)].map((one, at) => (at === 3 ? '{' : one)),
    {
      batchSize: 2,
    },
  )
  await dying
  expect(await bring(lines, { batchSize: 2, from: 'again' })).toEqual(counts({ lines: 5, unchanged: 5 }))
})

test('a newer username or hash is taken over while the old login counts', async () => {
  await bring([line('a', { username: 'one', passwordHash: HASH })])
  expect(await bring([line('a', { username: 'two', passwordHash: HASH })])).toEqual(counts({ lines: 1, updated: 1 }))
  expect(await store.credentials.findByUsername('one')).toBeUndefined()
  expect(await store.credentials.findByUsername('two')).toMatchObject({ accountId: 'account-1' })
  await store.credentials.retire({ accountId: 'account-1' as AccountId, retiresAt: 5, events: [] })
  expect(await bring([line('a', { username: 'three' })])).toEqual(counts({ lines: 1, unchanged: 1 }))
  expect(await store.credentials.findByUsername('three')).toBeUndefined()
})

test('what another account has is never moved, and the line that names it leaves no trace', async () => {
  const subs = { app: 'sub-1' }
  await bring([line('a', { username: 'u', customers: CUSTOMERS, itsme: ITSME, subs })])
  await bring([
    line('b', { customers: [{ serviceLine: 'tv', customerId: 'free' }, CUSTOMERS[0]] }),
    line('c', { itsme: ITSME }),
    line('d', { username: 'U' }),
    line('e', { subs }),
    line('f', { subs: { app: 'sub-2' } }),
    line('a', { username: 'u', customers: CUSTOMERS, itsme: { ...ITSME, sub: 's-2' }, subs }),
    line('a', { username: 'u', customers: CUSTOMERS.slice(1), itsme: ITSME, subs }),
    line('a', { username: 'u', customers: CUSTOMERS, itsme: ITSME, subs: { app: 'sub-9' } }),
  ])
  const reason = 'belongs to another account already'
  const other = 'says something else of records, subs or itsme than before'
  expect(rejected).toEqual([
    { line: 1, reason, field: 'customers[1]' },
    { line: 2, reason, field: 'itsme' },
    { line: 3, reason, field: 'username' },
    { line: 4, reason, field: 'subs' },
    ...[6, 7, 8].map(at => ({ line: at, reason: other })),
  ])
  const free = { serviceLine: 'tv', customerId: 'free' } as const
  expect((await store.accounts.ownersOf([free])).has(customerKeyOf(free))).toBe(false)
  expect(await store.credentials.findByLegacyIds(['b', 'c', 'd', 'e'])).toEqual(new Map())
  expect(await store.credentials.totals()).toEqual({ credentials: 2, subjects: 2 })
})

test('a subject that is the id of an account that is there would name that person', async () => {
  const id = 'abcdefghijklmnopqrstuv' as AccountId
  await store.accounts.open({
    account: { id, createdAt: 1, updatedAt: 1, claims: {} },
    identity: { issuer: 'i', clientId: 'c', subject: 's' },
    customers: [],
    events: [],
  })
  expect(await bring([line('a', { subs: { app: id } }), line('b')])).toEqual(
    counts({ lines: 2, inserted: 1, rejected: 1 }),
  )
  expect(rejected).toEqual([{ line: 1, reason: 'belongs to another account already', field: 'subs' }])
})

test('lines that are wrong are told by number, field and reason, in their order, without a value', async () => {
  await bring([
    '{',
    line('ok-1'),
    { customers: [] },
    line('x', { passwordHash: HASH }),
    line('x', { username: 'secret', passwordHash: 'secret' }),
    line('x', { customers: [{ serviceLine: 'tv', customerId: ' secret' }] }),
    line('x', { customers: [{ serviceLine: 'fax', customerId: 'secret' }] }),
    line('x', { customers: [CUSTOMERS[0], CUSTOMERS[0]] }),
    line('x', { subs: { secret: 'with space' } }),
    line('x', { itsme: { ...ITSME, issuer: 'secret' } }),
    line('x', { secret: 'secret' }),
    line('ok-2'),
    '[]',
  ])
  expect(rejected.map(({ line: at, field }) => [at, field])).toEqual([
    [1, undefined],
    [3, 'legacyId'],
    [4, 'passwordHash'],
    [5, 'passwordHash'],
    [6, 'customers[0].customerId'],
    [7, 'customers[0].serviceLine'],
    [8, 'customers'],
    [9, 'subs'],
    [10, 'itsme.issuer'],
    [11, undefined],
    [13, undefined],
  ])
  expect(JSON.stringify(rejected)).not.toContain('secret')
  expect(rejected.every(({ reason }) => reason.length > 5)).toBe(true)
  expect((await store.credentials.findByLegacyIds(['ok-1', 'ok-2', 'x'])).size).toBe(2)
})

test('of two imports at once each account comes in once', async () => {
  const lines = Array.from({ length: 40 }, (_, at) => line(`L-${at}`, { username: `u${at}` }))
  const both = await Promise.all([
    bring(lines, { batchSize: 7, from: 'one' }),
    bring(lines.toReversed(), { batchSize: 5, from: 'two' }),
  ])
  const sum = (name: 'inserted' | 'unchanged') => both.reduce((total, one) => total + one[name], 0)
  expect([sum('inserted'), sum('unchanged')]).toEqual([40, 40])
  expect(await store.credentials.totals()).toEqual({ credentials: 40, subjects: 0 })
})
