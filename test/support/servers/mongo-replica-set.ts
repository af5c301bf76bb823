import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { MongoMemoryServer } from 'mongodb-memory-server-core'
import type { ReplicaMemberConfig } from 'mongodb-memory-server-core/lib/util/MongoInstance.js'
import { freePorts } from '#test/support/free-ports.ts'
import { findMongod } from './find-program.ts'
import { MONGO_ARGS, takesWrites } from './mongo-args.ts'
import { READY_MS, type TestServer, untilReady } from './server.ts'

const require = createRequire(import.meta.url)

/** How a replica set differs from one that is small and on free ports. */
export type ReplicaSetOptions = {
  /** How many members it has; by default one. */
  readonly count?: number
  /** More arguments for mongod. */
  readonly args?: readonly string[]
  /** Where the first member listens. */
  readonly port?: number | undefined
  /** `host:port` by which the first member goes in the set. */
  readonly host?: string | undefined
  /** Who is let in, and nobody else; by default everybody. */
  readonly root?: RootUser | undefined
}

/** A user who may do everything. */
export type RootUser = { readonly name: string; readonly password: string }

/** A replica set, and its members as servers of the tests. */
export type ReplicaSet = {
  readonly url: string
  readonly members: readonly TestServer[]
  close(): Promise<void>
}

/** Ends a mongod at once, also one that is stopped by SIGSTOP, and waits until it is gone. */
const killMember = async (member: MongoMemoryServer): Promise<void> => {
  const mongod = member.instanceInfo?.instance.mongodProcess
  if (mongod === undefined || mongod.exitCode !== null || mongod.signalCode !== null) return
  const exited = once(mongod, 'exit')
  mongod.kill('SIGKILL')
  await exited
}

const memberServer = (member: MongoMemoryServer, close: () => Promise<void>): TestServer => {
  const { port } = member.instanceInfo as { port: number }
  const signal = (name: NodeJS.Signals) => {
    member.instanceInfo?.instance.mongodProcess?.kill(name)
  }
  return {
    url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    close,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill: () => signal('SIGKILL'),
    restart: async () => {
      await killMember(member)
      await member.stop({ doCleanup: false, force: false })
      await member.start(true)
      await untilReady({ path: 'mongod', isReady: () => takesWrites(port) })
    },
  }
}

/**
 * Starts mongodb-memory-server's replica set on the mongod that `findMongod` finds, wherever that is from, and waits until it has a
 * primary. It ends with this process.
 * @throws Error where no mongod can be had or it does not start
 */
export const startReplicaSet = async (options: ReplicaSetOptions = {}): Promise<ReplicaSet> => {
  const { count = 1, args = [], port, host, root } = options
  const systemBinary = await findMongod()
  // Whatever version is found is the one the tests run on.
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false'
  const library = require('mongodb-memory-server-core') as typeof import('mongodb-memory-server-core')
  const free = await freePorts(count)
  const ports = port === undefined ? free : [port, ...free.slice(1)]
  const set = await library.MongoMemoryReplSet.create({
    binary: { systemBinary },
    instanceOpts: ports.map((own, at) => ({
      launchTimeout: READY_MS,
      port: own,
      // The library's type leaves out what it passes on.
      ...(at === 0 && host !== undefined && { replicaMemberConfig: { host } as ReplicaMemberConfig }),
    })),
    replSet: {
      name: 'pias',
      count,
      args: [...MONGO_ARGS, ...args],
      storageEngine: 'wiredTiger',
      ...(root && { auth: { enable: true, customRootName: root.name, customRootPwd: root.password } }),
    },
  })
  const url = host ? `mongodb://${host}/?replicaSet=pias` : set.getUri()
  const close = async () => {
    await Promise.all(set.servers.map(killMember))
    await set.stop()
  }
  return { url, members: set.servers.map(member => memberServer(member, close)), close }
}
