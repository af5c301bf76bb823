import { MongoClient } from 'mongodb'
import { findMongod } from './find-program.ts'
import { freePort, givenServer, type ServerOptions, startOwned, type TestServer } from './server.ts'

/** Small and quiet; expired documents are removed each second instead of each minute. */
const ARGS = [
  ...['--bind_ip', '127.0.0.1', '--replSet', 'pias', '--wiredTigerCacheSizeGB', '0.5', '--quiet'],
  ...['--setParameter', 'ttlMonitorSleepSecs=1', '--setParameter', 'diagnosticDataCollectionEnabled=false'],
]

/** `NotYetInitialized`: no replica set was made of this member yet. */
const NOT_YET_INITIALIZED = 94

/** Makes a replica set of the member if it is none yet, and tells whether it takes writes. */
const isPrimary = async (port: number): Promise<boolean> => {
  const host = `127.0.0.1:${port}`
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, { serverSelectionTimeoutMS: 500 })
  try {
    const admin = client.db('admin')
    await admin.command({ replSetGetStatus: 1 }).catch(async error => {
      if (error.code !== NOT_YET_INITIALIZED) throw error
      await admin.command({ replSetInitiate: { _id: 'pias', members: [{ _id: 0, host }] } })
    })
    return (await admin.command({ hello: 1 })).isWritablePrimary === true
  } finally {
    await client.close()
  }
}

/**
 * A MongoDB replica set of one for tests: the one at `PIAS_TEST_MONGO_URL`, else one of our own (see `findMongod`).
 * Several suites may share a given one: use a database of your own.
 */
export const startMongo = async ({ owned = false, args = [] }: ServerOptions = {}): Promise<TestServer> => {
  const given = process.env.PIAS_TEST_MONGO_URL
  if (given && !owned && args.length === 0) return givenServer(given)
  const path = await findMongod()
  const port = await freePort()
  return startOwned({
    path,
    args: dir => ['--port', String(port), '--dbpath', dir, '--unixSocketPrefix', dir, ...ARGS, ...args],
    url: `mongodb://127.0.0.1:${port}/?replicaSet=pias`,
    isReady: () => isPrimary(port),
  })
}
