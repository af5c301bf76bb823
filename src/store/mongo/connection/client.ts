import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionReadyEvent, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import { isLostContact } from './failures.ts'

/** Time budgets in milliseconds. */
const SELECTION_MS = 2000
const POOL_WAIT_MS = 500
/** A paused server enforces no limit of its own; the socket does, a little later than `OPERATION_MS`. */
const SOCKET_MS = 1000
const BULK_SOCKET_MS = 60_000

/** Of MongoDB 6.0; https://github.com/mongodb/specifications/blob/master/source/wireversion-featurelist */
const WIRE_VERSION_6_0 = 17

const COMMON: MongoClientOptions = {
  appName: 'pias',
  // An acknowledged write is on the disks of a majority, and what was read is never rolled back.
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  connectTimeoutMS: SELECTION_MS,
  serverSelectionTimeoutMS: SELECTION_MS,
  // A new primary, or the server being back, is noticed within a second.
  heartbeatFrequencyMS: 1000,
}

/** `login`: bounded in everything. `bulk`: few connections and much time, so that logins never queue behind imports. */
const OPTIONS = {
  login: { ...COMMON, maxPoolSize: 50, waitQueueTimeoutMS: POOL_WAIT_MS, socketTimeoutMS: SOCKET_MS },
  bulk: { ...COMMON, maxPoolSize: 2, socketTimeoutMS: BULK_SOCKET_MS },
} as const

/**
 * A client that connects on first use, and keeps as many connections as told.
 * @throws PiasError `store.unusable` for a URL that MongoDB does not understand
 */
export const createClient = (url: string, use: keyof typeof OPTIONS, leastPool = 0): MongoClient => {
  try {
    return new MongoClient(url, { ...OPTIONS[use], minPoolSize: leastPool })
  } catch {
    // The parser's words, and so the cause, may repeat the password.
    throw new PiasError('store.unusable', 'the URL of MongoDB is not one that its driver understands')
  }
}

const AUTHENTICATION_FAILED = 18
const UNAUTHORIZED = 13

const hostsOf = ({ options }: MongoClient): string => options.srvHost ?? options.hosts.map(String).join(', ')

/** Why it cannot be opened: what answers is mended by somebody, what does not may come by itself. */
const openingError = (client: MongoClient, error: unknown): PiasError => {
  const at = `MongoDB at ${hostsOf(client)}`
  const code = error instanceof MongoServerError ? error.code : undefined
  const unusable = (remedy: string) => new PiasError('store.unusable', `${at} ${remedy}`, { cause: error })
  if (code === AUTHENTICATION_FAILED) return unusable('refuses the user or the password: mend the URL')
  if (code === UNAUTHORIZED) return unusable('gives this user no right to the database: grant the role readWrite')
  const reason = error instanceof Error ? error.name : 'unknown reason'
  const detail = `${at} cannot be reached (${reason}): start it, or mend the URL`
  return new PiasError('store.unavailable', detail, { cause: error })
}

/**
 * Connects, and makes sure that the server can do what PIAS counts on.
 * @throws PiasError `store.unusable` with one line that says what to do; `store.unavailable` where nobody answers
 */
export const connect = async (client: MongoClient): Promise<void> => {
  const unusable = (what: string) => new PiasError('store.unusable', `MongoDB at ${hostsOf(client)} ${what}`)
  const hello = await client
    .connect()
    .then(() => client.db('admin').command({ hello: 1 }))
    .catch(error => {
      throw openingError(client, error)
    })
  if (hello.maxWireVersion < WIRE_VERSION_6_0) throw unusable('is older than 6.0: upgrade it')
  if (hello.setName === undefined && hello.msg !== 'isdbgrid') {
    throw unusable('is neither a replica set nor a sharded cluster: transactions need one')
  }
}

const WARM_UP_MS = 15_000
const LOOK_AGAIN_MS = 25

/**
 * Waits until a client has its least number of connections, for seconds if need be: to the driver the first of them are made
 * while a request waits, so where the machine or the server is busy a start would fail although nothing is wrong.
 * @param client of a server that {@link connect} found fit
 * @throws PiasError as {@link connect}
 */
export const warmUp = async (client: MongoClient): Promise<void> => {
  const least = client.options.minPoolSize
  const end = performance.now() + WARM_UP_MS
  const ready = new Map<string, number>()
  const counter =
    (by: 1 | -1) =>
    ({ address }: ConnectionReadyEvent): void => {
      ready.set(address, (ready.get(address) ?? 0) + by)
    }
  const [opened, closed] = [counter(1), counter(-1)]
  client.on('connectionReady', opened)
  client.on('connectionClosed', closed)
  try {
    do {
      try {
        await client.connect()
        // All at once, so that the driver makes as many: by itself it makes ten a second.
        await Promise.all(Array.from({ length: least + 1 }, () => client.db('admin').command({ ping: 1 })))
        if (Math.max(...ready.values()) >= least) return
      } catch (error) {
        if (!isLostContact(error) || performance.now() > end) throw openingError(client, error)
      }
      await sleep(LOOK_AGAIN_MS)
    } while (performance.now() < end)
  } finally {
    client.off('connectionReady', opened)
    client.off('connectionClosed', closed)
  }
}
