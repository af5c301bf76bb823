import { type CountingProxy, startCountingProxy, type Traffic } from './counting-proxy.ts'
import { createMongoCommandReader } from './mongo-commands.ts'
import { type MongoStore, startMongoStore } from './mongo-store.ts'
import { createRedisCommandReader } from './redis-commands.ts'
import { type RedisStore, startRedisStore } from './redis-store.ts'
import { lastingOf, type Storage } from './storage.ts'

/** The database servers one server under test has for itself. */
export type Stores = { readonly redis?: RedisStore; readonly mongod?: MongoStore }
/** CPU in seconds by process; a store that is not there is not named. */
export type StoreCpu = { readonly redis?: number; readonly mongod?: number }
/** A way to the same stores on which all that is sent is counted. */
export type CountedStores = {
  readonly urls: { readonly redis?: string; readonly mongod?: string }
  traffic(): { readonly redis?: Traffic; readonly mongod?: Traffic }
  close(): void
}

/** Starts the stores asked for; `keep` is told how to end each as soon as it runs. */
export const startStores = async (
  wanted: { redis: boolean; mongod: boolean },
  keep: (close: () => Promise<void>) => void,
): Promise<Stores> => {
  const redis = wanted.redis ? await startRedisStore() : undefined
  if (redis) keep(redis.close)
  const mongod = wanted.mongod ? await startMongoStore() : undefined
  if (mongod) keep(mongod.close)
  return { ...(redis && { redis }), ...(mongod && { mongod }) }
}

/** CPU each store has used since it started. */
export const readStoreCpu = async ({ redis, mongod }: Stores): Promise<StoreCpu> => ({
  ...(redis && { redis: await redis.cpuSeconds() }),
  ...(mongod && { mongod: await mongod.cpuSeconds() }),
})

/** What MongoDB and Redis hold because of logins. */
export const readServerStorage = async ({ redis, mongod }: Required<Stores>): Promise<Storage> => {
  const collections = await mongod.storage()
  const { bytes, keysWithoutExpiry } = await redis.storage()
  return {
    lasting: lastingOf(name => collections.get(name) ?? 0),
    expiring: bytes + (collections.get('grants') ?? 0),
    neverExpiring: keysWithoutExpiry,
  }
}

const portOf = (url: string): number => Number(new URL(url).port)

/** Opens counting proxies before the stores. */
export const countStores = async ({ redis, mongod }: Stores): Promise<CountedStores> => {
  const proxies: { redis?: CountingProxy; mongod?: CountingProxy } = {
    ...(redis && { redis: await startCountingProxy(portOf(redis.url), createRedisCommandReader) }),
    ...(mongod && { mongod: await startCountingProxy(portOf(mongod.url), createMongoCommandReader) }),
  }
  return {
    urls: {
      ...(proxies.redis && { redis: `redis://127.0.0.1:${proxies.redis.port}` }),
      // Else the driver would ask for the members of the set and go to them directly.
      ...(proxies.mongod && { mongod: `mongodb://127.0.0.1:${proxies.mongod.port}/?directConnection=true` }),
    },
    traffic: () => ({
      ...(proxies.redis && { redis: proxies.redis.traffic() }),
      ...(proxies.mongod && { mongod: proxies.mongod.traffic() }),
    }),
    close: () => {
      proxies.redis?.close()
      proxies.mongod?.close()
    },
  }
}
