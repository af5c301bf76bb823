import { MongoClient } from 'mongodb'
import { freePorts } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { startOwned, type TestServer } from './server.ts'
import { MONGO_ARGS } from './start-mongo.ts'

/** A replica set of three on this machine, to lose its primary. */
export type MongoSet = {
  readonly url: string
  /** Has the primary hand over to another member, and waits for that. */
  stepDown(): Promise<void>
  /** Ends the primary at once (SIGKILL) and leaves it away. */
  killPrimary(): Promise<void>
  close(): Promise<void>
}

/** Half of MongoDB's default, so that tests wait less: what a primary may be silent before another is elected. */
const ELECTION_TIMEOUT_MS = 5000

const adminOf = (url: string) => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 30_000 })
  return { run: (command: object) => client.db('admin').command(command), close: () => client.close() }
}

const withAdmin = async <Result>(url: string, work: (run: ReturnType<typeof adminOf>['run']) => Promise<Result>) => {
  const admin = adminOf(url)
  try {
    return await work(admin.run)
  } finally {
    await admin.close()
  }
}

const direct = (port: number): string => `mongodb://127.0.0.1:${port}/?directConnection=true`

const startMember = async (path: string, port: number): Promise<TestServer> =>
  startOwned({
    path,
    args: dir => ['--port', `${port}`, '--dbpath', dir, '--unixSocketPrefix', dir, ...MONGO_ARGS, '--replSet', 'pias'],
    url: direct(port),
    isReady: () => withAdmin(direct(port), async run => (await run({ hello: 1 })).ok === 1),
  })

/** Starts three members and waits until they have a primary. */
export const startMongoSet = async (): Promise<MongoSet> => {
  const path = await findMongod()
  const ports = await freePorts(3)
  const members = new Map<string, TestServer>()
  const started = await Promise.all(ports.map(port => startMember(path, port)))
  for (const [index, port] of ports.entries()) members.set(`127.0.0.1:${port}`, started[index] as TestServer)

  const hosts = [...members.keys()]
  const url = `mongodb://${hosts.join(',')}/?replicaSet=pias`
  const config = {
    _id: 'pias',
    members: hosts.map((host, _id) => ({ _id, host })),
    settings: { electionTimeoutMillis: ELECTION_TIMEOUT_MS },
  }
  await withAdmin(direct(ports[0] as number), run => run({ replSetInitiate: config }))
  const hello = () => withAdmin(url, run => run({ hello: 1 }))
  await hello()

  const primary = async () => String((await hello()).primary)

  return {
    url,
    stepDown: async () => {
      const before = await primary()
      // Whoever steps down closes its connections, also the one that asked.
      await withAdmin(url, run => run({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 })).catch(() => undefined)
      if ((await primary()) === before) throw new Error('the primary did not step down')
    },
    killPrimary: async () => {
      members.get(await primary())?.kill()
    },
    close: async () => {
      await Promise.all(started.map(member => member.close()))
    },
  }
}
