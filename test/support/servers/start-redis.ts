import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '#test/support/free-ports.ts'
import { findRedis } from './find-program.ts'
import { givenServer, type ServerOptions, startOwned, type TestServer } from './server.ts'

/** As in production: append-only, and never evicting. One second of writes may be lost on `kill`. */
const ARGS = ['--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction']

/** Whether anything but "loading" is answered; a demand for a password is an answer too. */
const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [reply] = await once(socket, 'data', { signal: AbortSignal.timeout(1000) })
    return !String(reply).startsWith('-LOADING')
  } finally {
    socket.destroy()
  }
}

/**
 * A Redis or Valkey for tests: the one at `PIAS_TEST_REDIS_URL`, else one of our own (see `findRedis`).
 * Several suites may share a given one: keep to keys of your own.
 * @param options.port of an owned one, to listen on; by default a free one
 */
export const startRedis = async (options: ServerOptions & { port?: number } = {}): Promise<TestServer> => {
  const { owned = false, args = [] } = options
  const given = process.env.PIAS_TEST_REDIS_URL
  if (given && !owned && args.length === 0) return givenServer(given)
  const path = await findRedis()
  const port = options.port ?? (await freePort())
  return startOwned({
    path,
    args: dir => ['--port', String(port), '--dir', dir, ...ARGS, ...args],
    url: `redis://127.0.0.1:${port}`,
    isReady: () => answers(port),
  })
}
