import { Redis } from 'ioredis'
import { startRedis } from '#test/support/servers/start-redis.ts'

/** `name:value` lines of INFO. */
const parseInfo = (text: string): Map<string, string> =>
  new Map(
    text.split('\r\n').flatMap(line => {
      const colon = line.indexOf(':')
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const]
    }),
  )

/** One field of a line like `calls=3,usec=4`. */
const fieldOf = (line: string | undefined, field: string): number =>
  Number(new RegExp(`(?:^|,)${field}=(\\d+)`).exec(line ?? '')?.[1] ?? 0)

/** Starts a Redis or Valkey of the run's own, found as the tests find it, and a connection that reads its figures. */
export const startRedisStore = async () => {
  const server = await startRedis({ owned: true })
  const redis = new Redis(server.url)
  const info = async (section: string): Promise<Map<string, string>> => parseInfo(await redis.info(section))

  return {
    url: server.url,
    /** User and system time of the process, its background threads included, since it started. */
    cpuSeconds: async (): Promise<number> => {
      const figures = await info('cpu')
      return Number(figures.get('used_cpu_user')) + Number(figures.get('used_cpu_sys'))
    },
    /** Commands carried out, those inside scripts and transactions too, but for our own. */
    commandsDone: async (): Promise<number> => {
      const figures = await info('commandstats')
      const counted = [...figures].filter(([name]) => name.startsWith('cmdstat_') && name !== 'cmdstat_info')
      return counted.reduce((sum, [, line]) => sum + fieldOf(line, 'calls'), 0)
    },
    /** Bytes of keys and values, and how many keys would stay for ever. */
    storage: async (): Promise<{ bytes: number; keysWithoutExpiry: number }> => {
      const keyspace = (await info('keyspace')).get('db0')
      return {
        bytes: Number((await info('memory')).get('used_memory_dataset')),
        keysWithoutExpiry: fieldOf(keyspace, 'keys') - fieldOf(keyspace, 'expires'),
      }
    },
    close: async (): Promise<void> => {
      redis.disconnect()
      await server.close()
    },
  }
}

export type RedisStore = Awaited<ReturnType<typeof startRedisStore>>
