import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { openSchemaEvent } from '#src/store/ports/schema-events.ts'
import { openDatabase } from '#src/store/sqlite/database.ts'
import { migrate, noteMigrated } from '#src/store/sqlite/migrate.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { DURABLE_MIGRATIONS } from '#src/store/sqlite/schema.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-sqlite-open-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const newDir = () => join(mkdtempSync(join(root, 'store-')), 'data', 'pias')
const open = (dataDir: string, clock = () => 1_000_000) => openSqliteStore({ dataDir, clock })
const modeOf = (path: string) => statSync(path).mode & 0o777

/** Opening fails with one line that begins with the path and matches the remedy. */
const expectUnusable = async (dataDir: string, path: string, remedy: RegExp) => {
  const error = await open(dataDir).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PiasError)
  const { code, detail, cause } = error as PiasError
  expect(code).toBe('store.unusable')
  expect(detail).toMatch(remedy)
  expect(detail?.startsWith(`${path} `)).toBe(true)
  expect(detail).not.toContain('\n')
  expect(cause).toHaveProperty('code')
}

test('what was written is there after closing and opening again', async () => {
  const dataDir = newDir()
  const id = 'a' as AccountId
  const identity = { issuer: 'https://idp.example', clientId: 'PIAS', subject: 's' }
  const link = { serviceLine: 'tv', customerId: '1', method: 'match', ruleVersion: '1', evidence: {} } as const
  const customer = {
    serviceLine: 'tv',
    customerId: '1',
    document: 'doc',
    digest: 'd',
    keys: ['k'],
    terms: ['t'],
  } as const

  const first = await open(dataDir)
  const account = { id, createdAt: 1, updatedAt: 2, claims: { name: 'Zoë' } }
  await first.accounts.open({ account, identity, customers: [link], events: [{ at: 1, type: 'opened', data: {} }] })
  await first.customers.write([{ kind: 'put', record: customer }], 1)
  await first.keys.putIfAbsent('cookies', 'secret')
  await first.grants.upsert('Grant', 'g', { n: 1 }, 60, {})
  await first.artifacts.upsert('Session', 's', { n: 2 }, 60, { uid: 'u' })
  await first.artifacts.consume('Session', 's')
  await first.attempts.create('a', { n: 3 }, 60)
  await first.limits.hit('k', 60)
  await first.close()

  const second = await open(dataDir)
  expect(await second.accounts.find(id)).toEqual(account)
  expect(await second.accounts.findByIdentity(identity)).toBe(id)
  expect(await second.accounts.customersOf(id)).toEqual([{ ...link, linkedAt: 1 }])
  expect(await second.audit.list({ after: 0, limit: 9 })).toHaveLength(1)
  expect(await second.customers.findByKeys(['k'], 9)).toEqual({
    records: [{ serviceLine: expect.any(String), customerId: expect.any(String), document: 'doc' }],
    overflowed: [],
  })
  expect(await second.customers.termCounts(['t'])).toEqual({ total: 1, counts: new Map([['t', 1]]) })
  expect(await second.customers.count()).toBe(1)
  expect(await second.keys.putIfAbsent('cookies', 'other')).toBe('secret')
  expect(await second.grants.find('Grant', 'g')).toEqual({ payload: { n: 1 } })
  expect(await second.artifacts.findByUid('Session', 'u')).toEqual({ payload: { n: 2 }, consumedAt: 1_000_000 })
  expect(await second.attempts.find('a')).toEqual({ version: 1, data: { n: 3 } })
  expect(await second.limits.hit('k', 60)).toBe(2)
  await second.close()
})

test('the directory and its files are for their owner only', async () => {
  const dataDir = newDir()
  const store = await open(dataDir)
  await store.ping()
  expect(modeOf(dataDir)).toBe(0o700)
  for (const file of ['durable.db', 'durable.db-wal', 'durable.db-shm', 'expiring.db', 'expiring.db-wal']) {
    expect({ file, mode: modeOf(join(dataDir, file)) }).toEqual({ file, mode: 0o600 })
  }
  await store.close()
})

test('expired rows are deleted by later writes', async () => {
  const dataDir = newDir()
  let now = 0
  const store = await open(dataDir, () => now)
  const write = async (round: string) => {
    for (let index = 0; index < 500; index++) {
      await store.artifacts.upsert('Session', `${round}-${index}`, {}, 60, {})
      await store.attempts.create(`${round}-${index}`, {}, 60)
      await store.limits.hit(`${round}-${index}`, 60)
    }
  }
  await write('old')
  now = 61_000
  await write('new')
  await store.close()

  const file = new DatabaseSync(join(dataDir, 'expiring.db'), { readOnly: true })
  for (const table of ['artifacts', 'attempts', 'limits']) {
    expect({ table, ...file.prepare(`SELECT count(*) AS rows FROM ${table}`).get() }).toEqual({ table, rows: 500 })
  }
  file.close()
})

describe('one clear line is said', () => {
  test('of a file where the directory should be', async () => {
    const path = join(mkdtempSync(join(root, 'store-')), 'data')
    writeFileSync(path, '')
    await expectUnusable(path, path, /is not a directory/)
    await expectUnusable(join(path, 'below'), join(path, 'below'), /is not a directory/)
  })

  test.each(['durable.db', 'expiring.db'])('of %s that is not a database', async name => {
    const dataDir = mkdtempSync(join(root, 'store-'))
    const path = join(dataDir, name)
    writeFileSync(path, 'not a database '.repeat(1000))
    await expectUnusable(dataDir, path, /damaged or not a database/)
    expect(readFileSync(path, 'utf8')).toBe('not a database '.repeat(1000))
  })

  test('of a database that was cut off', async () => {
    const dataDir = newDir()
    const store = await open(dataDir)
    await store.ping()
    await store.close()
    truncateSync(join(dataDir, 'durable.db'), 6000)
    await expectUnusable(dataDir, join(dataDir, 'durable.db'), /damaged or not a database/)
  })

  test('of a directory where a file should be', async () => {
    const dataDir = mkdtempSync(join(root, 'store-'))
    mkdirSync(join(dataDir, 'expiring.db'))
    await expectUnusable(dataDir, join(dataDir, 'expiring.db'), /is a directory/)
  })

  test('of files that a later version wrote, which are left as they are', async () => {
    const dataDir = newDir()
    await (await open(dataDir)).close()
    const path = join(dataDir, 'durable.db')
    const later = new DatabaseSync(path)
    later.exec('PRAGMA user_version = 99')
    later.close()
    await expectUnusable(dataDir, path, /later version/)
  })

  test('of a database whose tables are not those of PIAS', async () => {
    const dataDir = newDir()
    await (await open(dataDir)).close()
    copyFileSync(join(dataDir, 'expiring.db'), join(dataDir, 'durable.db'))
    await expectUnusable(dataDir, join(dataDir, 'durable.db'), /cannot be opened as a database/)
  })
})

test('a second node is refused while the first one runs, and commands are not', async () => {
  const dataDir = newDir()
  const asNode = () => openSqliteStore({ dataDir, clock: () => 1_000_000, node: true })
  const first = await asNode()
  const second = await asNode().catch((error: unknown) => error)
  expect(second).toMatchObject({ code: 'store.unusable', detail: expect.stringContaining('another node') })
  const command = await open(dataDir)
  await command.keys.putIfAbsent('a', 'b')
  await command.close()
  await first.close()
  const next = await asNode()
  expect(await next.keys.find('a')).toBe('b')
  await next.close()
})

test('a file that came from one version to another says so in its audit trail, in the same transaction', async () => {
  const dataDir = newDir()
  await (await open(dataDir)).close()
  const file = join(dataDir, 'durable.db')
  const db = openDatabase(file, { synchronous: 'FULL', busyTimeoutMs: 100 })
  const versions = DURABLE_MIGRATIONS.length
  const later = [...DURABLE_MIGRATIONS, 'CREATE TABLE later (x TEXT) STRICT;']
  const events = () => db.prepare<{ type: string; data: string }>('SELECT type, data FROM audit_events').all()
  const killed = () => {
    noteMigrated(db, () => 2_000_000)(1, 2)
    throw new Error('killed')
  }
  expect(() => migrate(db, later, killed)).toThrow('killed')
  expect(events()).toEqual([])
  migrate(
    db,
    later,
    noteMigrated(db, () => 2_000_000),
  )
  migrate(
    db,
    later,
    noteMigrated(db, () => 3_000_000),
  )
  const opened = events().map(({ type, data }) => openSchemaEvent({ type, data: JSON.parse(data) }))
  expect(opened).toEqual([{ by: 'pias', from: versions, to: versions + 1 }])
  db.close()
})
