import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Database, openDatabase } from '#src/store/sqlite/database.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-database-'))
const file = join(root, 'test.db')
const opened: Database[] = []

const open = () => {
  const db = openDatabase(file, { synchronous: 'NORMAL', busyTimeoutMs: 1 })
  opened.push(db)
  return db
}

const db = open()
db.exec('CREATE TABLE names (name TEXT PRIMARY KEY) STRICT')
const insert = db.prepare('INSERT INTO names VALUES (?)')
const names = db.prepare<{ name: string }>('SELECT name FROM names ORDER BY name')
const stored = () => names.all().map(({ name }) => name)

beforeEach(() => db.exec('PRAGMA max_page_count = 4294967294; DELETE FROM names'))

afterAll(() => {
  for (const one of opened) one.close()
  rmSync(root, { recursive: true, force: true })
})

test('commits a transaction that returns, and gives back its result', () => {
  expect(db.transaction(() => insert.run('a') + insert.run('b'))).toBe(2)
  expect(stored()).toEqual(['a', 'b'])
})

test('rolls back a transaction that throws, passes the error on, and is ready for the next', () => {
  const failure = new Error('of the caller')
  const failing = () =>
    db.transaction(() => {
      insert.run('a')
      throw failure
    })
  expect(failing).toThrow(failure)
  expect(stored()).toEqual([])
  db.transaction(() => insert.run('b'))
  expect(stored()).toEqual(['b'])
})

test('a broken constraint is a failure of the program and does not repeat the value', () => {
  insert.run('secret value')
  const withoutValue = expect.not.stringContaining('secret value')
  const failed = expect.objectContaining({ code: 'server.failed', message: withoutValue })
  expect(() => insert.run('secret value')).toThrow(failed)
})

test('a lock held by another for too long makes the store unavailable, for a while', () => {
  const other = open()
  const refused = expect.objectContaining({ code: 'store.unavailable', retryable: true })
  other.transaction(() => {
    expect(() => insert.run('a')).toThrow(refused)
    expect(() => db.transaction(() => insert.run('a'))).toThrow(refused)
    expect(stored()).toEqual([])
  })
  insert.run('a')
  expect(stored()).toEqual(['a'])
})

test('a full disk makes the store unavailable and leaves nothing of the transaction', () => {
  db.exec('PRAGMA max_page_count = 1')
  const fill = () =>
    db.transaction(() => {
      for (let index = 0; index < 1000; index++) insert.run(`${index}`.padStart(1000, '-'))
    })
  expect(fill).toThrow(expect.objectContaining({ code: 'store.unavailable' }))
  expect(stored()).toEqual([])
  insert.run('small')
  expect(stored()).toEqual(['small'])
})

/** Writes batch after batch, as an import does: the lock is free for some milliseconds between two of them. */
const IMPORT = `
  const { DatabaseSync } = require('node:sqlite')
  const { parentPort, workerData: { file, batchMs, betweenMs } } = require('node:worker_threads')
  const db = new DatabaseSync(file)
  const sleep = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  for (let batch = 0; batch < 40; batch += 1) {
    db.exec('BEGIN IMMEDIATE')
    if (batch === 0) parentPort.postMessage('writing')
    sleep(batchMs)
    db.exec('COMMIT')
    sleep(betweenMs)
  }
  db.close()`

test('a write beside an import waits for one batch, and not until it happens to look between two', async () => {
  const patient = openDatabase(file, { synchronous: 'NORMAL', busyTimeoutMs: 5000 })
  opened.push(patient)
  const write = patient.prepare('INSERT INTO names VALUES (?)')
  const batchMs = 200
  const worker = new Worker(IMPORT, { eval: true, workerData: { file, batchMs, betweenMs: 5 } })
  try {
    await once(worker, 'message')
    const waited: number[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const started = performance.now()
      if (name < 'c') write.run(name)
      else patient.transaction(() => write.run(name))
      waited.push(performance.now() - started)
      // The import has begun its next batch by then.
      await sleep(batchMs / 4)
    }
    // A busy machine may miss one of them.
    expect(Math.max(...waited)).toBeLessThan(3 * batchMs)
  } finally {
    await worker.terminate()
  }
})
