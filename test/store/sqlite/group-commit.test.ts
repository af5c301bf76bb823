import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '#src/store/sqlite/database.ts'
import { createGroupCommit, type GroupCommit } from '#src/store/sqlite/group-commit.ts'

let dir: string
let db: Database
let commits: GroupCommit
let insert: (n: number) => Promise<boolean>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-group-'))
  db = openDatabase(join(dir, 'test.db'), { synchronous: 'NORMAL', busyTimeoutMs: 100 })
  db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT')
  commits = createGroupCommit(db)
  const statement = db.prepare('INSERT INTO numbers (n) VALUES (?)')
  insert = n =>
    commits.write(() => {
      statement.run(n)
      return db.inTransaction()
    })
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

const stored = () =>
  db
    .prepare<{ n: number }>('SELECT n FROM numbers ORDER BY n')
    .all()
    .map(({ n }) => n)

test('writes of one turn are one transaction, a single one needs none', async () => {
  expect(await Promise.all([insert(1), insert(2)])).toEqual([true, true])
  expect(await insert(3)).toBe(false)
  expect(stored()).toEqual([1, 2, 3])
})

test('one that is refused fails alone', async () => {
  const outcomes = await Promise.allSettled([insert(1), insert(1), insert(2)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[1]).toMatchObject({ reason: { code: 'server.failed' } })
  expect(stored()).toEqual([1, 2])
})

test('when SQLite undoes the whole transaction, all fail and nothing more is written', async () => {
  const undo = commits.write(() => {
    db.exec('ROLLBACK')
    throw new Error('undone')
  })
  const outcomes = await Promise.allSettled([insert(1), undo, insert(2)])
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  expect(stored()).toEqual([])
})

test('while another process writes for too long, all fail, and the next ones do not', async () => {
  const other = openDatabase(join(dir, 'test.db'), { synchronous: 'NORMAL', busyTimeoutMs: 0 })
  other.exec('BEGIN IMMEDIATE')
  const outcomes = await Promise.allSettled([insert(1), insert(2)])
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'store.unavailable' } })
  other.exec('ROLLBACK')
  other.close()
  await Promise.all([insert(1), insert(2)])
  expect(stored()).toEqual([1, 2])
})

test('what waits is committed when the store is closed', async () => {
  const waiting = insert(1)
  commits.close()
  expect(stored()).toEqual([1])
  await waiting
})
