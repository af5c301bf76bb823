import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { FunnelPort } from '#src/store/ports/funnel.ts'

const DAY_MS = 24 * 3600 * 1000
const RUN_EVERY_MS = 3600 * 1000
/** Counters that go at a time, so that nobody else waits for it. */
const REMOVED_AT_A_TIME = 2000

/**
 * Drops counters of the funnel that are older than the audit trail is kept, in days: there is nothing left by which they could
 * be explained, and each app adds some every day.
 */
export const createFunnelRetention = (deps: {
  funnel: Pick<FunnelPort, 'forget'>
  keepDays: number
  clock: Clock
}): Job => {
  const { funnel, keepDays, clock } = deps
  const run = async (): Promise<void> => {
    const day = new Date(clock() - keepDays * DAY_MS).toISOString().slice(0, 10)
    while ((await funnel.forget({ day, limit: REMOVED_AT_A_TIME })) > 0);
  }
  return { name: 'funnel retention', everyMs: RUN_EVERY_MS, run }
}
