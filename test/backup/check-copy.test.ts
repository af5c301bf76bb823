import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { importAccounts } from '#src/accounts/credentials/import-accounts.ts'
import { checkCopy } from '#src/backup/check-copy.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { backUpStore, openCopy } from '#src/store/copies.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'

/** Copies of one PIAS in which somebody was linked and somebody is new, each damaged in another way. */
let running: RunningPias
let dir: string
let whole: string
let copies = 0
const BROUGHT_IN = 'brought-in' as AccountId

beforeAll(async () => {
  running = await startPias()
  dir = dirname(running.dataDir)
  whole = join(dir, 'whole.db')
  await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
  await (await meetUncertain(running, 'nora')).openAccount()
  await bringIn()
  await backUpStore(whole, { kind: 'sqlite' }, { clock: Date.now, dataDir: running.dataDir })
})
afterAll(() => running.close())

/** An account from before itsme, which no app has seen since; with a passkey. */
const bringIn = async () => {
  const { store } = running.pias
  const line = { legacyId: 'L-1', username: 'bruno', subs: { 'test-app': 'sub-1' } }
  const customers = [{ serviceLine: 'landline', customerId: 'SYNTHETIC-1' }]
  await importAccounts({
    ...store,
    lines: (async function* () {
      yield { kind: 'text' as const, number: 1, text: JSON.stringify({ ...line, customers }) }
    })(),
    clock: Date.now,
    newAccountId: () => BROUGHT_IN,
  })
  const passkey = { id: 'passkey', accountId: BROUGHT_IN, document: '{}', counter: 0, createdAt: 1 }
  await store.passkeys.add(passkey, { most: 1, loggedInAt: 1 }, [])
}

const newCopy = (): string => {
  copies += 1
  const file = join(dir, `copy-${copies}.db`)
  copyFileSync(whole, file)
  return file
}

const check = async (file: string, options: { kekFile?: string; ledger?: string[] } = {}) => {
  const { kekFile = join(running.dataDir, 'kek'), ledger = [] } = options
  const kek = await openKek({ kind: 'file', file: kekFile }, { dataDir: dir, make: true })
  const copy = await openCopy(file, { kind: 'sqlite' }, { clock: Date.now, dataDir: dir })
  const erasures = ledger.map(id => ({ accountId: id as AccountId, erasedAt: 1 }))
  return checkCopy({ copy, kek, clock: Date.now, ledger: erasures }).finally(copy.close)
}

test('a whole copy has no problem, and is counted', async () => {
  const records = await running.pias.store.customers.count()
  expect(await check(newCopy())).toEqual({
    accounts: 3,
    identities: 2,
    links: 5,
    customers: records,
    erasures: 0,
    events: expect.any(Number),
    problems: [],
  })
})

test('erasures that the copy does not know are named', async () => {
  const { problems } = await check(newCopy(), { ledger: ['one', 'two', 'three', 'four', 'five', 'six'] })
  expect(problems).toEqual([
    'erased after the copy was made (pias erasures replay): one, two, three, four, five and 1 more',
  ])
})

test.each([
  ["DELETE FROM data_keys WHERE name = 'index'", 'data keys are missing: index'],
  ['UPDATE accounts SET data_key = NULL', 'accounts whose claims do not open: '],
  ['DELETE FROM identities', 'accounts without an identity: '],
  ["DELETE FROM customer_links WHERE service_line = 'tv'", 'accounts whose links are not those of the audit trail: '],
  ["DELETE FROM audit_events WHERE type = 'account.opened'", 'accounts whose opening is not in the audit trail: '],
  [
    "DELETE FROM audit_events WHERE sequence = (SELECT min(sequence) FROM audit_events WHERE type = 'link.created')",
    'accounts whose links are not those of the audit trail: ',
  ],
  ['UPDATE audit_events SET at = at + 1 WHERE sequence = 1', 'audit events do not open: 1 to '],
  [
    'UPDATE accounts SET claims = (SELECT claims FROM accounts ORDER BY id DESC LIMIT 1)',
    'accounts whose claims do not open: ',
  ],
  ['UPDATE accounts SET updated_at = updated_at + 1', 'accounts whose claims do not open: '],
  ["UPDATE customer_links SET role = 'user'", 'accounts whose links do not open: '],
  [
    'UPDATE customer_links SET evidence = (SELECT evidence FROM customer_links LIMIT 1)',
    'accounts whose links do not open: ',
  ],
  ['UPDATE keys SET value = (SELECT value FROM keys LIMIT 1)', "PIAS's own keys do not open: "],
  ['PRAGMA foreign_keys = OFF; DELETE FROM accounts', 'accounts that the audit trail knows and that are gone: '],
  ['PRAGMA foreign_keys = OFF; DELETE FROM accounts', 'identities that belong to no account'],
  ['PRAGMA foreign_keys = OFF; DELETE FROM accounts', 'SQLite: a row of identities refers to nothing'],
  ['UPDATE credentials SET document = substr(document, 2)', 'accounts whose login from before itsme does not open: '],
  ['UPDATE passkeys SET document = substr(document, 2)', 'accounts whose passkeys do not open: '],
  ["DELETE FROM names WHERE scope LIKE 'sub:%'", 'accounts whose subjects at apps are not kept for them: '],
  ['UPDATE accounts SET subjects = NULL', 'subjects at apps that belong to no account'],
  ['DELETE FROM credentials', 'accounts without an identity: brought-in'],
  ['PRAGMA foreign_keys = OFF; DELETE FROM accounts', 'logins from before itsme that belong to no account'],
  ['INSERT INTO erasures SELECT id, 1 FROM accounts', 'erased accounts that are there: '],
])('%s is found', async (sql, problem) => {
  const file = newCopy()
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
  const { problems } = await check(file)
  expect(problems.filter(line => line.startsWith(problem))).not.toEqual([])
})

test('a damaged file is found, by SQLite or when it is opened', async () => {
  const file = newCopy()
  const bytes = readFileSync(file)
  bytes.fill(0x5a, bytes.length / 2)
  writeFileSync(file, bytes)
  const outcome = await check(file).then(
    ({ problems }) => problems.join(),
    error => String(error),
  )
  expect(outcome).toMatch(/SQLite: |store\.un(usable|available): /)
})

test('under another key-encryption key nothing can be said', async () => {
  const wrong = check(newCopy(), { kekFile: join(dir, 'other-kek') })
  await expect(wrong).rejects.toMatchObject({ code: 'store.unusable' })
})
