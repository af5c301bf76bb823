import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Logger } from '#src/kernel/runtime.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** Between 0.9 and 1.1 times as long, so that nodes started together do not stay in step. */
const LEAST_SPREAD = 0.9
const spread = (milliseconds: number): number => milliseconds * (LEAST_SPREAD + Math.random() / 5)

/**
 * A job that one node of all does at a time: the first that comes takes the store's counter for the shortest wait of the
 * job, so that a node alone finds it free again, and the others pass. A node that dies meanwhile is replaced in the next
 * interval. A run that takes longer than the interval may meet another node's: what must happen once needs a
 * compare-and-set of its own.
 */
export const onOneNode = (job: Job, limits: LimitsPort): Job => ({
  ...job,
  run: async stopping => {
    const hits = await limits.hit(`job:${job.name}`, Math.max(1, Math.floor((LEAST_SPREAD * job.everyMs) / 1000)))
    if (hits === 1) await job.run(stopping)
  },
})

const repeat = async (job: Job, logger: Logger, signal: AbortSignal): Promise<void> => {
  for (let wait = job.firstMs ?? job.everyMs; !signal.aborted; wait = job.everyMs) {
    await sleep(spread(wait), undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    await job.run(signal).catch(error => {
      logger.warn({ job: job.name, error: (error as Error).name, detail: (error as Error).message }, 'job failed')
    })
  }
}

/**
 * Runs jobs until they are stopped, each again after its interval and never twice at the same time, the first time when it
 * says. One that fails is logged and runs again in its turn.
 * @returns `stop`, which tells those that run, and waits for them
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
