import { Worker } from 'node:worker_threads'
import type { StorePlan } from '#src/cli/offline.ts'
import { fromFailure, type ThreadFailure } from '#src/cli/thread-failure.ts'
import type { PreparedLines, PrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import type { Line } from '#src/customers/snapshot/read-lines.ts'

/** What a thread answers to lines. */
export type PrepareAnswer = { readonly kind: 'prepared'; readonly prepared: PreparedLines } | ThreadFailure

/** Threads that prepare lines; `close` ends them. */
export type PreparePool = { readonly prepare: PrepareLines; close(): Promise<void> }

const WORKER = new URL('./prepare-worker.ts', import.meta.url)

/** One thread: it prepares one batch after the other, and once it has ended, fails whatever it is given. */
const startThread = (plan: StorePlan) => {
  // The flags of a test runner or profiler are not the thread's.
  const worker = new Worker(WORKER, { workerData: plan, execArgv: ['--disable-warning=ExperimentalWarning'] })
  const waiting: { resolve: (prepared: PreparedLines) => void; reject: (error: unknown) => void }[] = []
  let failure: unknown

  const fail = (error: unknown): void => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  const ended = new Promise<void>(resolve => {
    worker.once('exit', () => {
      fail(new Error('a thread of the import ended'))
      resolve()
    })
  })
  worker.on('error', fail)
  worker.on('message', (answer: PrepareAnswer) => {
    const asked = waiting.shift()
    // One that cannot even open the store fails before it is asked.
    if (answer.kind === 'failed') asked === undefined ? fail(fromFailure(answer)) : asked.reject(fromFailure(answer))
    else asked?.resolve(answer.prepared)
  })

  return {
    load: () => waiting.length,
    prepare: (lines: readonly Line[]): Promise<PreparedLines> =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        waiting.push({ resolve, reject })
        worker.postMessage(lines)
      }),
    close: async (): Promise<void> => {
      if (failure === undefined) worker.postMessage(undefined)
      else await worker.terminate()
      await ended
    },
  }
}

/** Starts threads that open the store of a plan each; what they prepare is sealed. */
export const startPreparePool = (plan: StorePlan, threads: number): PreparePool => {
  const pool = Array.from({ length: threads }, () => startThread(plan))
  return {
    prepare: lines => {
      const [idlest] = [...pool].sort((a, b) => a.load() - b.load())
      return (idlest as (typeof pool)[number]).prepare(lines)
    },
    close: async () => {
      await Promise.all(pool.map(thread => thread.close()))
    },
  }
}
