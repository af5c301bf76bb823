import { MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'

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

/** A client that connects on first use. @throws PiasError `store.unusable` for a URL that MongoDB does not understand */
export const createClient = (url: string, use: keyof typeof OPTIONS): MongoClient => {
  try {
    return new MongoClient(url, OPTIONS[use])
  } catch {
    // The parser's words, and so the cause, may repeat the password.
    throw new PiasError('store.unusable', 'the URL of MongoDB is not one that its driver understands')
  }
}

const AUTHENTICATION_FAILED = 18
const UNAUTHORIZED = 13

const remedyOf = (error: unknown): string => {
  const code = error instanceof MongoServerError ? error.code : undefined
  if (code === AUTHENTICATION_FAILED) return 'refuses the user or the password: mend the URL'
  if (code === UNAUTHORIZED) return 'gives this user no right to the database: grant the role readWrite'
  return `cannot be reached (${error instanceof Error ? error.name : 'unknown reason'}): start it, or mend the URL`
}

/**
 * Connects, and makes sure that the server can do what PIAS counts on.
 * @throws PiasError `store.unusable` with one line that says what to do
 */
export const connect = async (client: MongoClient): Promise<void> => {
  const hosts = client.options.srvHost ?? client.options.hosts.map(String).join(', ')
  const unusable = (what: string, cause?: unknown) =>
    new PiasError('store.unusable', `MongoDB at ${hosts} ${what}`, cause === undefined ? {} : { cause })
  const hello = await client
    .connect()
    .then(() => client.db('admin').command({ hello: 1 }))
    .catch(error => {
      throw unusable(remedyOf(error), error)
    })
  if (hello.maxWireVersion < WIRE_VERSION_6_0) throw unusable('is older than 6.0: upgrade it')
  if (hello.setName === undefined && hello.msg !== 'isdbgrid') {
    throw unusable('is neither a replica set nor a sharded cluster: transactions need one')
  }
}
