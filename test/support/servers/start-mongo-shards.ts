import { type Db, type Document, MaxKey, MinKey, MongoClient } from 'mongodb'
import type { Sharding } from '#src/store/mongo/schema/shard-keys.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { MONGO_ARGS, takesWrites } from './mongo-args.ts'
import { startOwned, type TestServer } from './server.ts'

/**
 * A sharded cluster: a config server and two shards, and no `mongos`. A shard has the code of that program in itself, for what it
 * does on other shards (`clusterFind`, `clusterUpdate`, ...), and so routes as `mongos` would; but neither transactions nor
 * `findAndModify`.
 */
export type MongoShards = {
  /** The database as its primary shard has it, by itself: a collection that is made there is not sharded. */
  readonly db: Db
  /** The shards, the primary first, with what each has of the database. */
  readonly shards: readonly { readonly name: string; readonly port: number; readonly db: Db }[]
  /** @throws MongoServerError where the collection, as it is, cannot have this key */
  shardCollection(collection: string, key: NonNullable<Sharding['key']>): Promise<void>
  /**
   * Sends a command of a driver, by its name, through the router; without its session, transaction and snapshot.
   * @throws MongoServerError where the router refuses the command; a statement that it refuses is in `writeErrors`
   */
  route(name: string, command: Document): Promise<Document>
  /** The place of the one shard that a filter leads to by `_id`; undefined for one that leads to all. */
  shardOf(collection: string, filter: Document): Promise<number | undefined>
  close(): Promise<void>
}

const NAMES = ['config', 'first', 'second'] as const
const DATABASE = 'pias'
/** Of what is written down of the cluster. */
const LASTING = { writeConcern: { w: 'majority' } } as const

/** What a router does, as the shards call it. */
export const ROUTED: Readonly<Record<string, string>> = {
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

/** So that a server tells the hash of an id. */
const TELLING = ['--setParameter', 'enableTestCommands=1']

type Chunk = { readonly min: { _id: unknown }; readonly max: { _id: unknown }; readonly shard: string }

const isWithin = (hash: bigint, { min, max }: Chunk): boolean =>
  (min._id instanceof MinKey || BigInt(`${min._id}`) <= hash) &&
  (max._id instanceof MaxKey || hash < BigInt(`${max._id}`))

/** The id that a filter asks for, where it is one. */
const idIn = ({ _id }: Document): unknown => {
  const isOperators = typeof _id === 'object' && _id !== null && Object.keys(_id).some(name => name.startsWith('$'))
  return isOperators ? _id.$eq : _id
}

type Member = { readonly server: TestServer; readonly client: MongoClient; readonly host: string }

const startMember = async (path: string, name: string, port: number): Promise<Member> => {
  const host = `127.0.0.1:${port}`
  const isConfig = name === 'config'
  const own = [
    '--bind_ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--replSet',
    name,
    isConfig ? '--configsvr' : '--shardsvr',
  ]
  const set = { _id: name, ...(isConfig && { configsvr: true }), members: [{ _id: 0, host }] }
  const server = await startOwned({
    path,
    args: dir => [...own, '--dbpath', dir, ...MONGO_ARGS, ...TELLING],
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
  await admin.command({ _configsvrBalancerStop: 1 })
  const shards = [first, second].map(({ client }, index) => ({
    name: NAMES[index + 1] as string,
    port: ports[index + 1] as number,
    db: client.db(DATABASE),
  }))
  const db = first.client.db(DATABASE)
  const chunks = new Map<string, readonly Chunk[]>()
  return {
    db,
    shards,
    shardCollection: async (collection, shardKey) => {
      const create = { _shardsvrCreateCollection: collection, shardKey, databaseVersion: made.databaseVersion }
      const { collectionUUID: uuid } = await db.command({ ...create, ...LASTING })
      const found = config.client.db('config').collection<Chunk>('chunks').find({ uuid })
      chunks.set(collection, await found.toArray())
    },
    shardOf: async (collection, filter) => {
      const placed = chunks.get(collection)
      if (placed === undefined) return 0
      const id = idIn(filter)
      if (id === undefined) return undefined
      const { out } = await first.client.db('admin').command({ _hashBSONElement: id, seed: 0 })
      const chunk = placed.find(one => isWithin(BigInt(`${out}`), one))
      return shards.findIndex(({ name }) => name === chunk?.shard)
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
