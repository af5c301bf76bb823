import { freePorts } from '#test/support/free-ports.ts'
import type { TestServer } from './server.ts'
import { startMongo } from './start-mongo.ts'
import { startRedis } from './start-redis.ts'
import { startTripwire, type Tripwire } from './start-tripwire.ts'

/** A server of the tests' own behind a tripwire. `url` leads through it. */
export type TrippedServer = TestServer & { readonly wire: Tripwire }

/** Both servers of the production store, each behind a tripwire, to be broken at a chosen moment. */
export type Stores = {
  readonly mongo: TrippedServer
  readonly redis: TrippedServer
  /** PIAS's configuration of its store. */
  readonly config: { readonly kind: 'mongo-redis'; readonly mongo: object; readonly redis: object }
  close(): Promise<void>
}

const DATABASE = 'pias'

const behindTripwire = async (start: (port: number, wire: Tripwire) => Promise<TestServer>): Promise<TrippedServer> => {
  const [port] = (await freePorts(1)) as [number]
  const wire = await startTripwire(port)
  const server = await start(port, wire)
  const url = new URL(server.url)
  url.port = String(wire.port)
  return {
    ...server,
    url: url.href,
    wire,
    close: async () => {
      await wire.close()
      await server.close()
    },
  }
}

/** Starts a replica set of one and a Redis, for tests that kill, stop and empty them. */
export const startStores = async (): Promise<Stores> => {
  const [mongo, redis] = await Promise.all([
    behindTripwire((port, wire) => startMongo({ owned: true, port, behind: `127.0.0.1:${wire.port}` })),
    behindTripwire(port => startRedis({ owned: true, port })),
  ])
  return {
    mongo,
    redis,
    config: { kind: 'mongo-redis', mongo: { url: mongo.url, database: DATABASE }, redis: { url: redis.url } },
    close: async () => {
      await Promise.all([mongo.close(), redis.close()])
    },
  }
}
