import type { Cluster, Redis } from 'ioredis'
import { PiasError } from '#src/kernel/errors.ts'
import type { RedisConfig } from '#src/store/redis/config.ts'
import type { RedisCommands } from '#src/store/redis/scripts.ts'
import { createClient } from './client.ts'
import { toOpeningError, toStoreError } from './failures.ts'
import { inTime } from './in-time.ts'
import { COMMAND_TIMEOUT_MS, OPENING_TIMEOUT_MS, retryDelay } from './time-budgets.ts'
import { createWriteTogether } from './write-together.ts'

/** The way to Redis, whatever its topology. It reconnects by itself; until then everything fails at once. */
export type RedisLink = {
  /** Sends a command. @throws PiasError `store.unavailable` within the time budgets, never a driver's error */
  run<Result>(work: (redis: RedisCommands) => Promise<Result>): Promise<Result>
  /** A section of INFO from every primary. @throws PiasError `store.unavailable` */
  infoOfAll(section: 'replication' | 'memory'): Promise<readonly string[]>
  /** Whether one script may touch any keys: not on a Cluster. */
  readonly oneServer: boolean
  /** Calls back after each reconnection. */
  onReconnected(listener: () => void): void
  /** Ends it, after what was sent is answered or has timed out. May be called twice. */
  close(): Promise<void>
}

/** Connects within a bounded time, or fails with the reason that the driver only tells by an event. */
const openClient = async (client: Redis | Cluster, host: string): Promise<void> => {
  let reason: unknown
  const remember = (error: unknown) => {
    reason = error
  }
  client.on('error', remember)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Connecting timed out')), OPENING_TIMEOUT_MS)
  })
  try {
    await Promise.race([client.connect(), late])
  } catch (error) {
    client.disconnect()
    throw toOpeningError(reason ?? error, host)
  } finally {
    clearTimeout(timer)
    client.off('error', remember)
  }
}

/**
 * Connects a client again that the driver gave up for good. It does so where Sentinels tell of a failover just while it
 * asks them for the primary, and would never come back (ioredis 6.0.0, `SentinelConnector.connect`).
 */
const keepConnecting = (client: Redis | Cluster, isClosing: () => boolean): void => {
  let ends = 0
  client.on('ready', () => {
    ends = 0
  })
  client.on('end', () => {
    ends += 1
    const again = async (): Promise<void> => {
      if (isClosing()) return
      // A failure of it is told as another end.
      await client.connect().catch(() => undefined)
    }
    setTimeout(again, retryDelay(ends)).unref()
  })
}

const endClient = async (client: Redis | Cluster): Promise<void> => {
  if (client.status === 'end') return
  // Refused at once while there is no connection, and given up in time where nothing answers.
  await inTime(client.quit(), COMMAND_TIMEOUT_MS).catch(() => undefined)
  if ((client.status as string) === 'end') return
  await new Promise<void>(resolve => {
    // A client between two attempts to connect never tells that it has ended.
    const timer = setTimeout(resolve, COMMAND_TIMEOUT_MS)
    // Not `once` of node:events, which would fail with any error on the way.
    client.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
    // Also ends what quit leaves: a server that does not answer, and the connections to Sentinels.
    client.disconnect()
  })
}

/**
 * Connects to Redis.
 * @throws PiasError `store.unavailable` where nothing answers in time, `store.unusable` where the user is refused
 */
export const connectToRedis = async (config: RedisConfig): Promise<RedisLink> => {
  const client = createClient(config)
  // Without a listener the driver prints each failure; every call that fails tells it anyway.
  client.on('error', () => undefined)
  await openClient(client, URL.parse(config.url)?.host ?? '')
  const commands = client as unknown as RedisCommands
  const primaries = (): readonly Redis[] => ('nodes' in client ? client.nodes('master') : [client])
  const oneServer = !('nodes' in client)
  const writeTogether = 'nodes' in client ? () => undefined : createWriteTogether(client)
  let closing: Promise<void> | undefined
  keepConnecting(client, () => closing !== undefined)

  const translated = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (closing !== undefined) throw new PiasError('store.unavailable', 'the store is closed')
    try {
      return await work()
    } catch (error) {
      throw toStoreError(error)
    }
  }

  return {
    run: work =>
      translated(() => {
        writeTogether()
        return inTime(work(commands), COMMAND_TIMEOUT_MS)
      }),
    infoOfAll: section =>
      translated(() => inTime(Promise.all(primaries().map(redis => redis.info(section))), COMMAND_TIMEOUT_MS)),
    oneServer,
    onReconnected: listener => {
      client.on('ready', listener)
    },
    close: () => {
      closing ??= endClient(client)
      return closing
    },
  }
}
