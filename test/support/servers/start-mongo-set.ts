import { MongoClient } from 'mongodb'
import { startReplicaSet } from './mongo-replica-set.ts'

/** A replica set of three on this machine, to lose its primary. */
export type MongoSet = {
  readonly url: string
  /** Has the primary hand over to another member, and waits for that. */
  stepDown(): Promise<void>
  /** Ends the primary at once (SIGKILL) and leaves it away. */
  killPrimary(): Promise<void>
  close(): Promise<void>
}

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

/** Starts three members and waits until they have a primary. */
export const startMongoSet = async (): Promise<MongoSet> => {
  const { url, members, close } = await startReplicaSet({ count: 3 })
  const hello = () => withAdmin(url, run => run({ hello: 1 }))
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
      const name = await primary()
      members.find(member => new URL(member.url).host === name)?.kill()
    },
    close,
  }
}
