import { type Db, type Document, MongoClient } from 'mongodb'
import type { Sharding } from '#src/store/mongo/schema/shard-keys.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { startOwned, type TestServer } from './server.ts'
import { MONGO_ARGS, takesWrites } from './start-mongo.ts'

/**
 * A sharded cluster: a config server and two shards, and no `mongos`. A shard has the code of that program in itself, for what it
 * does on other shards (`clusterFind`, `clusterUpdate`, ...), and so routes as `mongos` would; but neither transactions nor
 * `findAndModify`.
 */
export type MongoShards = {
  /** The database as its primary shard has it, by itself: a collection that is made there is not sharded. */
  readonly db: Db
  /** What each shard has of it. */
  readonly shards: readonly Db[]
  /** @throws MongoServerError where the collection, as it is, cannot have this key */
  shardCollection(collection: string, key: NonNullable<Sharding['key']>): Promise<void>
  /**
   * Sends a command of a driver, by its name, through the router; without its session, transaction and snapshot.
   * @throws MongoServerError where the router refuses the command; a statement that it refuses is in `writeErrors`
   */
  route(name: string, command: Document): Promise<Document>
  close(): Promise<void>
}

const NAMES = ['config', 'first', 'second'] as const
const DATABASE = 'pias'
/** Of what is written down of the cluster. */
const LASTING = { writeConcern: { w: 'majority' } } as const

/** What a router does, as the shards call it. */
const ROUTED: Readonly<Record<string, string>> = {
  find: 'clusterFind',
  insert: 'clusterInsert',
  update: 'clusterUpdate',
  delete: 'clusterDelete',
  aggregate: 'clusterAggregate',
}
/** Whether a command can be sent through the router. */
export const isRouted = (name: string): boolean => name in ROUTED

/** What belongs to the connection, or to a transaction. */
const ENVELOPE = /^(\$.*|lsid|txnNumber|startTransaction|autocommit|readConcern)$/

type Member = { readonly server: TestServer; readonly client: MongoClient; readonly host: string }

const startMember = async (path: string, name: string, port: number): Promise<Member> => {
  const host = `127.0.0.1:${port}`
  const isConfig = name === 'config'
  const own = ['--port', `${port}`, '--replSet', name, isConfig ? '--configsvr' : '--shardsvr']
  const set = { _id: name, ...(isConfig && { configsvr: true }), members: [{ _id: 0, host }] }
  const server = await startOwned({
    path,
    args: dir => [...own, '--dbpath', dir, '--unixSocketPrefix', dir, ...MONGO_ARGS],
    url: `mongodb://${host}/?directConnection=true`,
    isReady: () => takesWrites(port, set),
  })
  return { server, client: new MongoClient(server.url), host }
}

/** Starts the cluster, with an empty database. */
export const startMongoShards = async (): Promise<MongoShards> => {
  const path = await findMongod()
  const ports = await freePorts(NAMES.length)
  const members = await Promise.all(NAMES.map((name, index) => startMember(path, name, ports[index] as number)))
  const [config, first, second] = members as [Member, Member, Member]
  const admin = config.client.db('admin')
  for (const [name, { host }] of [['first', first] as const, ['second', second] as const]) {
    await admin.command({ _configsvrAddShard: `${name}/${host}`, name, ...LASTING })
  }
  const made = await admin.command({ _configsvrCreateDatabase: DATABASE, primaryShardId: 'first', ...LASTING })
  const db = first.client.db(DATABASE)
  return {
    db,
    shards: [db, second.client.db(DATABASE)],
    shardCollection: async (collection, shardKey) => {
      const databaseVersion = made.databaseVersion
      await db.command({ _shardsvrCreateCollection: collection, shardKey, databaseVersion, ...LASTING })
    },
    route: (name, command) => {
      const { [name]: collection, ...rest } = command
      const kept = Object.entries(rest).filter(([field]) => !ENVELOPE.test(field))
      return db.command({ [ROUTED[name] as string]: collection, ...Object.fromEntries(kept) })
    },
    close: async () => {
      await Promise.all(
        members.map(async ({ client, server }) => {
          await client.close()
          await server.close()
        }),
      )
    },
  }
}
