import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientSession, Db, MongoClient } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import { isNetworkFailure, isUnknownCommit, toPiasError } from './failures.ts'

/** To be given to every operation of a login: the server gives up on it by itself. Milliseconds. */
export const LIMIT = { maxTimeMS: 800 } as const

/** How long a caller waits at most, whatever is tried meanwhile: at a login, and for an import or a migration. */
export const CALL_MS = { login: 2500, bulk: 120_000 } as const

const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} as const

const COMMITS = 3
const FORGET_EVERY_MS = 500
const FORGET_TRIES = 120

/** A connection to one database, with everything that can fail in it turned into PiasErrors. */
export type Connection = {
  readonly db: Db
  /** @throws PiasError `store.unavailable` when the work fails, takes too long, or the store is closed */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** One try of a transaction; throws as MongoDB does (failures.ts), so that the caller decides about another. */
  transact<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

const commit = async (session: ClientSession): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      return await session.commitTransaction()
    } catch (error) {
      // Asking again is harmless: MongoDB knows whether the first commit arrived.
      if (!isUnknownCommit(error) || tries === COMMITS) throw error
    }
  }
}

/**
 * A transaction whose connection broke keeps its locks until the server's own limit of a minute, and the next try for
 * the same person would meet write conflicts. So the server is told to end it, as soon as it can be told.
 */
const createForget =
  (client: MongoClient, isClosed: () => boolean) =>
  async (id: ClientSession['id']): Promise<void> => {
    for (let tries = 0; tries < FORGET_TRIES && !isClosed(); tries++) {
      try {
        await client.db('admin').command({ killSessions: [id] })
        return
      } catch {
        await sleep(FORGET_EVERY_MS, undefined, { ref: false })
      }
    }
  }

const createTransact = (client: MongoClient, isClosed: () => boolean): Connection['transact'] => {
  const forget = createForget(client, isClosed)
  return async work => {
    const session = client.startSession({ defaultTransactionOptions: TRANSACTION })
    try {
      session.startTransaction()
      const result = await work(session)
      await commit(session)
      return result
    } catch (error) {
      if (isNetworkFailure(error)) forget(session.id).catch(() => undefined)
      throw error
    } finally {
      // Aborts what was not committed.
      await session.endSession()
    }
  }
}

const withinTime = <Result>(work: Promise<Result>, milliseconds: number): Promise<Result> =>
  new Promise((resolve, reject) => {
    const late = () =>
      reject(new PiasError('store.unavailable', `MongoDB did not answer within ${milliseconds} milliseconds`))
    const timer = setTimeout(late, milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/** Wraps a client for one database. `callMs` is how long a caller waits at most. */
export const createConnection = (client: MongoClient, database: string, callMs: number): Connection => {
  let closing: Promise<void> | undefined
  const isClosed = () => closing !== undefined
  return {
    db: client.db(database),
    run: async work => {
      // The driver would connect again by itself.
      if (isClosed()) throw new PiasError('store.unavailable', 'the store is closed')
      try {
        return await withinTime(work(), callMs)
      } catch (error) {
        throw toPiasError(error)
      }
    },
    transact: createTransact(client, isClosed),
    close: () => {
      closing ??= client.close()
      return closing
    },
  }
}
