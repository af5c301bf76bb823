import { dirname, join } from 'node:path'
import { compose, type Pias } from '#src/compose.ts'
import { loadConfig } from '#src/config/load.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { startProxy } from '#test/store/redis/proxy.ts'
import { type createBench, newPrefix } from '#test/store/redis/support.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** A whole PIAS on a real MongoDB and a Redis of its own, which is reached through a proxy that counts. */
export type PiasOnServers = {
  readonly running: RunningPias
  readonly mongo: TestDatabase
  readonly redisUrl: string
  readonly keyPrefix: string
  readonly proxy: Awaited<ReturnType<typeof startProxy>>
}

/**
 * Starts it; the bench ends it.
 * @param options.delayMs how long commands are on their way to Redis
 */
export const startOnServers = async (
  bench: ReturnType<typeof createBench>,
  options: { clients?: object[]; delayMs?: number } = {},
): Promise<PiasOnServers> => {
  const mongo = await openTestDatabase()
  bench.ending(mongo.close)
  const redisUrl = (await bench.server({ owned: true })).url
  const proxy = await startProxy(redisUrl, options)
  bench.ending(proxy.close)
  const keyPrefix = newPrefix()
  const store = {
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { url: proxy.url, keyPrefix },
  }
  const running = await startPias({ clients: options.clients ?? [], config: { ...PATIENT, store } })
  bench.ending(running.close)
  return { running, mongo, redisUrl, keyPrefix, proxy }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * Another node of the same stores in this process, with Redis next to it. It listens nowhere: its `handle` is to be
 * called.
 */
export const startSecondNode = async ({ running, redisUrl }: PiasOnServers): Promise<Pias> => {
  const root = dirname(running.dataDir)
  const config = loadConfig({
    root,
    env: {
      PIAS_CONFIG: join(root, 'pias.json'),
      PIAS_PORT: new URL(running.issuer).port,
      PIAS_ISSUER: running.issuer,
      PIAS_DATA_DIR: running.dataDir,
      PIAS_CLIENTS_DIR: running.clientsDir,
      PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer,
      PIAS_REDIS_URL: redisUrl,
    },
  })
  return compose(config, { clock: Date.now, logger: silent })
}
