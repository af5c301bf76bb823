import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { startMongoShards } from '#test/support/servers/start-mongo-shards.ts'
import { startRouter } from '#test/support/servers/start-router.ts'

/** A database on two shards, with every collection sharded that may be. */
export type ShardedDatabase = {
  /** Of the router. */
  readonly url: string
  readonly database: string
  /** How many transactions were committed over both shards. */
  spread(): number
  close(): Promise<void>
}

/** Starts a cluster with a router, migrates its database and shards it. */
export const openShardedDatabase = async (): Promise<ShardedDatabase> => {
  const cluster = await startMongoShards()
  await migrateUp(cluster.db, { waitMs: 10_000 })
  for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await cluster.shardCollection(name, key)
  const router = await startRouter(cluster)
  return {
    url: router.url,
    database: cluster.db.databaseName,
    spread: router.spread,
    close: async () => {
      await router.close()
      await cluster.close()
    },
  }
}
