import type { Database } from './database.ts'

type Write = { readonly settle: () => void; readonly fail: (error: unknown) => void; readonly run: () => void }

/** Writes that are committed together; `close` commits what waits. */
export type GroupCommit = {
  /** Runs the work, and resolves with its result once it is committed. */
  write<Result>(work: () => Result): Promise<Result>
  close(): void
}

/**
 * Commits what is written in one turn of the event loop in one transaction: a request's gathered writes, and those of
 * other requests beside them. One that fails by itself (a broken constraint) fails alone, and is undone by SQLite alone.
 */
export const createGroupCommit = (db: Database): GroupCommit => {
  let waiting: Write[] = []

  const runAll = (writes: readonly Write[]): Set<Write> => {
    const failed = new Set<Write>()
    for (const write of writes) {
      try {
        write.run()
      } catch (error) {
        // After some failures (disk full, for one) SQLite has undone everything: nothing more may be written.
        if (!db.inTransaction()) throw error
        failed.add(write)
        write.fail(error)
      }
    }
    return failed
  }

  /** One statement is a transaction by itself. */
  const runAndCommit = (writes: readonly Write[]): Set<Write> => {
    if (writes.length > 1) return db.transaction(() => runAll(writes))
    for (const write of writes) write.run()
    return new Set()
  }

  const commit = (): void => {
    const writes = waiting
    waiting = []
    try {
      const failed = runAndCommit(writes)
      for (const write of writes) if (!failed.has(write)) write.settle()
    } catch (error) {
      for (const write of writes) write.fail(error)
    }
  }

  return {
    write: work =>
      new Promise((resolve, reject) => {
        let result: ReturnType<typeof work>
        const run = () => {
          result = work()
        }
        if (waiting.push({ run, settle: () => resolve(result), fail: reject }) === 1) process.nextTick(commit)
      }),
    close: commit,
  }
}
