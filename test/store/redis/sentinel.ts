import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '#test/support/free-ports.ts'
import { findRedis } from '#test/support/servers/find-program.ts'
import { startOwned, type TestServer } from '#test/support/servers/server.ts'

/** What the Sentinels call the servers they watch. */
export const GROUP = 'pias-primary'

/**
 * A Sentinel that alone decides, fast.
 * @param options.primary the port that it watches, and that it names
 * @param options.password what it asks of its clients
 * @param options.serverPassword of the servers it watches
 */
export const startSentinel = async (options: {
  primary: number
  password?: string
  serverPassword?: string
}): Promise<TestServer> => {
  const { primary, password, serverPassword } = options
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const lines = [
    `sentinel monitor ${GROUP} 127.0.0.1 ${primary} 1`,
    `sentinel down-after-milliseconds ${GROUP} 500`,
    `sentinel failover-timeout ${GROUP} 3000`,
    ...(serverPassword === undefined ? [] : [`sentinel auth-pass ${GROUP} ${serverPassword}`]),
    ...(password === undefined ? [] : [`requirepass ${password}`]),
  ]
  return startOwned({
    path: await findRedis(),
    args: dir => {
      const file = join(dir, 'sentinel.conf')
      writeFileSync(file, lines.join('\n'))
      return [file, '--sentinel', '--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir]
    },
    url,
    isReady: async () => {
      const credentials = password === undefined ? {} : { password }
      const redis = new Redis(url, { ...credentials, disableClientInfo: true, retryStrategy: () => null })
      redis.on('error', () => undefined)
      try {
        return (await redis.ping()) === 'PONG'
      } finally {
        redis.disconnect()
      }
    },
  })
}
