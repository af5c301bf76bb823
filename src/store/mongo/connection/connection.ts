import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientSession, Db, MongoClient } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import { collectionsOf } from '#src/store/mongo/documents.ts'
import { isLostContact, isRetryable, isUnknownCommit, toPiasError } from './failures.ts'
import { createReadOne, type ReadOne } from './read-one.ts'
import { retrying } from './retry.ts'

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
  /** @throws as `run` */
  readonly readOne: ReadOne
  /** One try of a transaction; throws as MongoDB does (failures.ts), so that the caller decides about another. */
  transact<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result>
  /** A transaction, tried again at most `retries` times where that may succeed (failures.ts). @throws as `run` */
  transaction<Result>(retries: number, work: (session: ClientSession) => Promise<Result>): Promise<Result>
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
 * A transaction whose connection broke would keep its locks until the server's own limit of a minute, and the next try
 * for the same person would meet write conflicts. A newer transaction of the same session ends it, and every command of
 * it that arrives late is refused, so one is begun as soon as the server can be reached.
 */
const createForget =
  (db: Db, isClosed: () => boolean) =>
  async (session: ClientSession): Promise<void> => {
    for (let tries = 0; tries < FORGET_TRIES && !isClosed(); tries++) {
      await session.abortTransaction().catch(() => undefined)
      try {
        session.startTransaction()
        await collectionsOf(db).health.findOne({ _id: { $eq: 'ping' } }, { ...LIMIT, session })
        break
      } catch {
        await sleep(FORGET_EVERY_MS, undefined, { ref: false })
      }
    }
    await session.endSession()
  }

const createTransact = (client: MongoClient, db: Db, isClosed: () => boolean): Connection['transact'] => {
  const forget = createForget(db, isClosed)
  return async work => {
    const session = client.startSession({ defaultTransactionOptions: TRANSACTION })
    try {
      session.startTransaction()
      const result = await work(session)
      await commit(session)
      await session.endSession()
      return result
    } catch (error) {
      // In the background: the caller learns at once that it failed.
      if (isLostContact(error)) forget(session).catch(() => undefined)
      else await session.endSession()
      throw error
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
  const db = client.db(database)
  const run: Connection['run'] = async work => {
    // The driver would connect again by itself.
    if (isClosed()) throw new PiasError('store.unavailable', 'the store is closed')
    try {
      return await withinTime(work(), callMs)
    } catch (error) {
      throw toPiasError(error)
    }
  }
  const transact = createTransact(client, db, isClosed)
  return {
    db,
    run,
    readOne: createReadOne(LIMIT, run),
    transact,
    transaction: (retries, work) => run(() => retrying(retries, isRetryable, () => transact(work))),
    close: () => {
      closing ??= client.close()
      return closing
    },
  }
}
