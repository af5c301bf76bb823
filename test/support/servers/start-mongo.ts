import { MongoClient } from 'mongodb'
import { freePort } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { givenServer, type ServerOptions, startOwned, type TestServer } from './server.ts'

/** Small and quiet; expired documents are removed each second instead of each minute. */
export const MONGO_ARGS = [
  '--bind_ip',
  '127.0.0.1',
  '--wiredTigerCacheSizeGB',
  '0.5',
  '--quiet',
  '--setParameter',
  'ttlMonitorSleepSecs=1',
  '--setParameter',
  'diagnosticDataCollectionEnabled=false',
]

/** `NotYetInitialized`: no replica set was made of this member yet. */
const NOT_YET_INITIALIZED = 94

/** Whether the server takes writes; makes the replica set of it first (as `replSetInitiate` wants it) if it is none yet. */
export const takesWrites = async (port: number, replicaSet: object | undefined): Promise<boolean> => {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  })
  try {
    const admin = client.db('admin')
    const initiate = async (error: { code?: unknown }) => {
      if (error.code !== NOT_YET_INITIALIZED) throw error
      await admin.command({ replSetInitiate: replicaSet })
    }
    if (replicaSet) await admin.command({ replSetGetStatus: 1 }).catch(initiate)
    return (await admin.command({ hello: 1 })).isWritablePrimary === true
  } finally {
    await client.close()
  }
}

/**
 * A MongoDB replica set of one for tests: the one at `PIAS_TEST_MONGO_URL`, else one of our own (see `findMongod`).
 * Several suites may share a given one: use a database of your own.
 * @param options.replicaSet false for a server that is none, on its own, which cannot do transactions
 * @param options.behind `host:port` of what stands before an owned server: the member goes by that name, so that drivers,
 *   which ask a replica set where its members are, stay with it
 * @param options.port to listen on; by default a free one
 */
export const startMongo = async (
  options: ServerOptions & { replicaSet?: false; behind?: string; port?: number } = {},
): Promise<TestServer> => {
  const { owned = false, args = [], replicaSet = true } = options
  const given = process.env.PIAS_TEST_MONGO_URL
  if (given && !owned && args.length === 0 && replicaSet) return givenServer(given)
  const path = await findMongod()
  const port = options.port ?? (await freePort())
  const host = options.behind ?? `127.0.0.1:${port}`
  const member = replicaSet ? ['--replSet', 'pias'] : []
  return startOwned({
    path,
    args: dir => ['--port', `${port}`, '--dbpath', dir, '--unixSocketPrefix', dir, ...MONGO_ARGS, ...member, ...args],
    url: `mongodb://${host}/${replicaSet ? '?replicaSet=pias' : ''}`,
    isReady: () => takesWrites(port, replicaSet ? { _id: 'pias', members: [{ _id: 0, host }] } : undefined),
  })
}
