import { type Document, MongoClient } from 'mongodb'
import { cpuSecondsOfTree } from '#bench/processes/cpu-time.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { LASTING_PARTS } from './storage.ts'

const MICROSECONDS = 1_000_000
const NAMESPACE_NOT_FOUND = 26

/** Linux tells the process's time in microseconds; elsewhere it is read from outside. */
const cpuSecondsOf = (status: Document): number => {
  const { user_time_us: user, system_time_us: system } = status.extra_info
  if (user === undefined || system === undefined) return cpuSecondsOfTree(Number(status.pid))
  return (Number(user) + Number(system)) / MICROSECONDS
}

/** What a server has gone through so far to answer: entries of indexes, and documents. */
export type Examined = { readonly keys: number; readonly documents: number }

/** What a server did so far: commands that it was sent, its own watching included, and what it has gone through. */
export type Work = Examined & { readonly commands: number }

const examinedOf = ({ metrics }: Document): Examined => {
  const { scanned, scannedObjects } = metrics.queryExecutor
  return { keys: Number(scanned), documents: Number(scannedObjects) }
}

/** Starts a MongoDB replica set of one of the run's own, found as the tests find it, and a client that reads its figures. */
export const startMongoStore = async () => {
  const server = await startMongo({ owned: true })
  const client = await new MongoClient(server.url).connect()
  const db = client.db('pias')

  /** Documents as they are before compression, and indexes as they are on disk. */
  const bytesOf = async (collection: string): Promise<number> => {
    try {
      const [found] = await db
        .collection(collection)
        .aggregate([{ $collStats: { storageStats: {} } }])
        .toArray()
      return Number(found?.storageStats.size) + Number(found?.storageStats.totalIndexSize)
    } catch (error) {
      if ((error as { code?: unknown }).code === NAMESPACE_NOT_FOUND) return 0
      throw error
    }
  }

  /** Writes to disk what is to be written, and waits for it: after an import that is minutes of work beside all else. */
  const flush = async (): Promise<void> => {
    await db.admin().command({ fsync: 1 })
  }

  return {
    url: server.url,
    /** User and system time of the process since it started. */
    cpuSeconds: async (): Promise<number> => cpuSecondsOf(await db.admin().command({ serverStatus: 1 })),
    /** What it has gone through since it started, for whatever client. */
    examined: async (): Promise<Examined> => examinedOf(await db.admin().command({ serverStatus: 1 })),
    /** The same with the number of commands, this one included; how drivers watch the server is none. */
    work: async (): Promise<Work> => {
      const status = await db.admin().command({ serverStatus: 1 })
      const { insert, query, update, delete: deleted, getmore, command } = status.opcounters
      const commands = [insert, query, update, deleted, getmore, command].reduce((sum, one) => sum + Number(one), 0)
      return { ...examinedOf(status), commands: commands - Number(status.metrics.commands.hello.total) }
    },
    /** Another size of its cache than that of a small and quiet server. */
    setCache: async (megabytes: number): Promise<void> => {
      const wiredTigerEngineRuntimeConfig = `cache_size=${megabytes}MB`
      await db.admin().command({ setParameter: 1, wiredTigerEngineRuntimeConfig })
    },
    flush,
    /** Bytes of each collection that a login writes to. */
    storage: async (): Promise<ReadonlyMap<string, number>> => {
      await flush()
      const names = [...LASTING_PARTS, 'grants']
      return new Map(await Promise.all(names.map(async name => [name, await bytesOf(name)] as const)))
    },
    close: async (): Promise<void> => {
      await client.close()
      await server.close()
    },
  }
}

export type MongoStore = Awaited<ReturnType<typeof startMongoStore>>
