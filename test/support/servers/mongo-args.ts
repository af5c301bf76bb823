import { MongoClient } from 'mongodb'

/** Small and quiet; expired documents are removed each second instead of each minute. */
export const MONGO_ARGS = [
  '--nounixsocket',
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
export const takesWrites = async (port: number, replicaSet?: object): Promise<boolean> => {
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
