import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { openRedisStore, type RedisStore } from '#src/store/redis/open.ts'
import type { ServerOptions, TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'

/**
 * Takes time off every key's life. What is left is rounded up to a second, which gives back the real time that went by.
 */
const ELAPSE = `
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then return end
  left = math.ceil((left - ARGV[1]) / 1000) * 1000
  if left > 0 then redis.call('PEXPIRE', KEYS[1], left) else redis.call('DEL', KEYS[1]) end`

/** For a primary and its replica: they agree at once, and by way of memory only. */
export const REPLICATING = {
  owned: true,
  args: ['--repl-diskless-sync-delay', '0', '--repl-diskless-load', 'on-empty-db', '--repl-ping-replica-period', '1'],
}

let prefixes = 0
/** A key prefix of its own for each store: a server may be shared. */
export const newPrefix = (): string => `test-${process.pid}-${++prefixes}:`

/** A connection beside the store's, to look at a server and to change it. */
export const openProbe = (url: string) => {
  const redis = new Redis(url, { disableClientInfo: true })
  const keys = async (prefix: string) => (await redis.keys(`${prefix}*`)).sort()
  return {
    redis,
    keys,
    /** Lets seconds pass for the keys with this prefix, as if the server's clock had gone on. */
    elapse: async (prefix: string, seconds: number): Promise<void> => {
      for (const key of await keys(prefix)) await redis.eval(ELAPSE, 1, key, seconds * 1000)
    },
    close: () => redis.disconnect(),
  }
}

/** Waits until something is so; the test's own time limit ends it. */
export const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition().catch(() => false))) await sleep(20)
}

/** Servers, stores and connections that end with the suite. Call it at the top of a test file. */
export const createBench = () => {
  const closing: (() => unknown)[] = []
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })
  return {
    server: async (options?: ServerOptions): Promise<TestServer> => {
      const server = await startRedis(options)
      closing.push(server.close)
      return server
    },
    store: async (url: string, options: Partial<Parameters<typeof openRedisStore>[0]> = {}): Promise<RedisStore> => {
      const store = await openRedisStore({ url, clock: Date.now, ...options })
      closing.push(store.close)
      return store
    },
    probe: (url: string) => {
      const probe = openProbe(url)
      closing.push(probe.close)
      return probe
    },
    ending: (close: () => unknown) => closing.push(close),
  }
}

/** Everything a server is told, scripts' inner commands aside, while `work` runs. */
export const listenIn = async (url: string, work: () => Promise<unknown>): Promise<string[][]> => {
  const redis = new Redis(url, { disableClientInfo: true })
  await once(redis, 'ready')
  const monitor = await redis.monitor()
  const heard: string[][] = []
  const end = `end-${newPrefix()}`
  const ended = new Promise<void>(resolve => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (args[1] === end) resolve()
      else if (source !== 'lua') heard.push(args)
    })
  })
  try {
    await work()
    await redis.echo(end)
    await ended
  } finally {
    monitor.disconnect()
    redis.disconnect()
  }
  return heard
}
