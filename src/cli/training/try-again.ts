import { setTimeout as sleep } from 'node:timers/promises'
import { PiasError } from '#src/kernel/errors.ts'

/** Longer than a driver needs to find its server again. */
const PAUSE_MS = 3000

/**
 * Takes a step, and once more after a pause where the store did not answer: a process that stood still (stopped, a laptop
 * asleep) wakes up after the time of its call is over, though nothing is wrong with the store.
 * @param step does no harm when it is done twice
 * @throws as the step does the second time; at once whatever is not PiasError `store.unavailable`
 */
export const tryAgain = async <Result>(step: () => Promise<Result>, pauseMs = PAUSE_MS): Promise<Result> => {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof PiasError) || error.code !== 'store.unavailable') throw error
  }
  await sleep(pauseMs)
  return step()
}
