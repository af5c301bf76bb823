import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Logger } from '#src/kernel/runtime.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/**
 * A job that one node of all does at a time: the first that comes takes the store's counter for as long as the job's
 * interval, the others pass. A node that dies meanwhile is replaced in the next interval. A run that takes longer than
 * the interval may meet another node's: what must happen once needs a compare-and-set of its own.
 */
export const onOneNode = (job: Job, limits: LimitsPort): Job => ({
  ...job,
  run: async () => {
    const hits = await limits.hit(`job:${job.name}`, Math.max(1, Math.floor(job.everyMs / 1000)))
    if (hits === 1) await job.run()
  },
})

/** Between 0.9 and 1.1 times as long, so that nodes started together do not stay in step. */
const spread = (milliseconds: number): number => milliseconds * (0.9 + Math.random() / 5)

const repeat = async (job: Job, logger: Logger, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await sleep(spread(job.everyMs), undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    await job.run().catch(error => {
      logger.warn({ job: job.name, error: (error as Error).name, detail: (error as Error).message }, 'job failed')
    })
  }
}

/**
 * Runs jobs until they are stopped, each again after its interval and never twice at the same time. One that fails is
 * logged and runs again in its turn.
 * @returns `stop`, which waits for those that run
 */
export const startJobs = (jobs: readonly Job[], { logger }: { logger: Logger }): { stop(): Promise<void> } => {
  const stopping = new AbortController()
  const running = jobs.map(job => repeat(job, logger, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}
