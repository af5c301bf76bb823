import { freePort } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { MONGO_ARGS, takesWrites } from './mongo-args.ts'
import { type RootUser, startReplicaSet } from './mongo-replica-set.ts'
import { givenServer, type ServerOptions, startOwned, type TestServer } from './server.ts'

/** A server that is no replica set, and so does no transactions. */
const startAlone = async (): Promise<TestServer> => {
  const port = await freePort()
  return startOwned({
    path: await findMongod(),
    args: dir => ['--bind_ip', '127.0.0.1', '--port', `${port}`, '--dbpath', dir, ...MONGO_ARGS],
    url: `mongodb://127.0.0.1:${port}/`,
    isReady: () => takesWrites(port),
  })
}

/**
 * A MongoDB replica set of one for tests: the one at `PIAS_TEST_MONGO_URL`, else one of our own (see `findMongod`).
 * Several suites may share a given one: use a database of your own.
 * @param options.replicaSet false for a server that is none, on its own, which cannot do transactions
 * @param options.behind `host:port` of what stands before an owned server: the member goes by that name, so that drivers,
 *   which ask a replica set where its members are, stay with it
 * @param options.port to listen on; by default a free one
 * @param options.root the user whom an owned server lets in, and no other
 */
export const startMongo = async (
  options: ServerOptions & { replicaSet?: false; behind?: string; port?: number; root?: RootUser } = {},
): Promise<TestServer> => {
  const { owned = false, args = [], replicaSet = true, behind, port, root } = options
  if (!replicaSet) return startAlone()
  const given = process.env.PIAS_TEST_MONGO_URL
  if (given && !owned && args.length === 0) return givenServer(given)
  const { url, members } = await startReplicaSet({ args, port, host: behind, root })
  return { ...(members[0] as TestServer), url }
}
