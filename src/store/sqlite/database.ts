import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { resultCodeOf, SQLITE_BUSY } from './unusable.ts'

/** Values in the order of their question marks, or one object for the names after a colon. */
type Values = SQLInputValue[] | [Record<string, SQLInputValue>]

/** A statement prepared once; `Row` is what its columns are known to be. `run` returns the number of rows changed. */
export type Statement<Row> = {
  run(...values: Values): number
  get(...values: Values): Row | undefined
  all(...values: Values): readonly Row[]
}

/** One open SQLite file. Statements and transactions throw PiasErrors; `prepare` and `exec` throw as SQLite does. */
export type Database = {
  /** To be called while the store is opened, so that a statement that does not fit the file is found then. */
  prepare<Row = never>(sql: string): Statement<Row>
  /** Runs a script; for opening only. */
  exec(sql: string): void
  /** Takes the write lock first, so nothing read inside can change before the commit; rolls back when `work` throws. */
  transaction<Result>(work: () => Result): Result
  inTransaction(): boolean
  close(): void
}

// https://www.sqlite.org/rescode.html: extended codes keep the primary one in their low byte.
const SQLITE_CONSTRAINT = 19
const PRIMARY_CODE = 0xff

/**
 * What a failure of SQLite means to a caller: `server.failed` for a broken constraint (a programming error),
 * `store.unavailable` for all else (disk full, locked for too long, closed). Other errors are returned as they are.
 * Only SQLite's fixed wording goes into the detail: no value ever does.
 */
const toPiasError = (error: unknown): unknown => {
  const { code, errcode, errstr } = error as { code?: string; errcode?: number; errstr?: string }
  if (code === 'ERR_INVALID_STATE') return new PiasError('store.unavailable', 'the store is closed', { cause: error })
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return error
  const meaning = (errcode & PRIMARY_CODE) === SQLITE_CONSTRAINT ? 'server.failed' : 'store.unavailable'
  return new PiasError(meaning, `SQLite: ${errstr ?? 'unknown failure'} (${errcode})`, { cause: error })
}

/**
 * How often a lock that another process holds is asked for. SQLite's own waiting comes to look only each tenth of a second,
 * and so misses nearly every moment in which an import, batch after batch, has let go of it.
 */
const LOOK_AGAIN_MS = 2
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Does work that takes the lock, again and again while another process has it, for as long as is said. */
const insisting = <Result>(work: () => Result, waitMs: number): Result => {
  let end: number | undefined
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (resultCodeOf(error) !== SQLITE_BUSY) throw error
      end ??= performance.now() + waitMs
      if (performance.now() >= end) throw error
    }
    Atomics.wait(NEVER_WOKEN, 0, 0, LOOK_AGAIN_MS)
  }
}

const translating = <Result>(work: () => Result): Result => {
  try {
    return work()
  } catch (error) {
    throw toPiasError(error)
  }
}

/**
 * Pages kept in memory, and the length of the log, in pages of 4 kB, from which it is written back. In bulk the index of
 * blocking keys is written all over: with more of it in memory and a longer log each page is written less often.
 */
const SIZES = {
  ordinary: { cacheKilobytes: 16_384, checkpointPages: 1000 },
  bulk: { cacheKilobytes: 262_144, checkpointPages: 65_536 },
} as const

/**
 * Opens one SQLite file in WAL mode.
 * @param options.bulk whether much is about to be written
 * @param options.busyTimeoutMs how long a write waits for another process's (`pias customers import`, for instance)
 * @param options.synchronous `FULL`: a commit survives a power cut; `NORMAL`: it survives a crash of the process
 * @throws SQLite's own error
 */
export const openDatabase = (
  file: string,
  options: { synchronous: 'FULL' | 'NORMAL'; busyTimeoutMs: number; bulk?: boolean },
): Database => {
  const db = new DatabaseSync(file, { timeout: options.busyTimeoutMs })
  try {
    const { cacheKilobytes, checkpointPages } = SIZES[options.bulk === true ? 'bulk' : 'ordinary']
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.synchronous};
      PRAGMA cache_size = -${cacheKilobytes}; PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  } catch (error) {
    db.close()
    throw error
  }
  // From here on it is waited here.
  db.exec('PRAGMA busy_timeout = 0')
  const inTurn = <Result>(work: () => Result): Result =>
    translating(() => insisting(work, db.isTransaction ? 0 : options.busyTimeoutMs))
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')

  return {
    prepare: <Row>(sql: string): Statement<Row> => {
      const statement = db.prepare(sql)
      return {
        run: (...values) => inTurn(() => Number(statement.run(...(values as SQLInputValue[])).changes)),
        get: (...values) => inTurn(() => statement.get(...(values as SQLInputValue[])) as Row | undefined),
        all: (...values) => inTurn(() => statement.all(...(values as SQLInputValue[])) as Row[]),
      }
    },
    exec: sql => db.exec(sql),
    transaction: work =>
      translating(() => {
        insisting(() => begin.run(), options.busyTimeoutMs)
        try {
          const result = work()
          commit.run()
          return result
        } catch (error) {
          // SQLite has rolled back by itself after some failures (disk full, for one).
          if (db.isTransaction) rollback.run()
          throw error
        }
      }),
    inTransaction: () => db.isOpen && db.isTransaction,
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

const WRITES_PER_SWEEP = 100
const ROWS_PER_SWEEP = 200

/**
 * Deletes expired rows as part of writing, so that no timer is needed: every hundredth call deletes up to 200.
 * Call it before a write: should it fail, nothing was written that the caller is told has failed.
 */
export const createSweeper = (db: Database, table: 'artifacts' | 'attempts' | 'limits', clock: Clock): (() => void) => {
  const deleteExpired = db.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ? LIMIT ${ROWS_PER_SWEEP})`,
  )
  let writes = 0
  return () => {
    if (writes++ % WRITES_PER_SWEEP === 0) deleteExpired.run(clock())
  }
}
