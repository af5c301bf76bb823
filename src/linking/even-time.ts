import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than a proof takes, whether there are no candidates, one or many. */
const STEP_MS = 100

/**
 * Does work and gives its result when a whole number of steps has passed, so that the time does not tell how many records
 * were found and compared. Only waits: nothing is done meanwhile, and nothing is held.
 */
export const inEvenTime = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const started = performance.now()
  try {
    return await work()
  } finally {
    const elapsed = performance.now() - started
    await sleep(Math.ceil((elapsed + 1) / STEP_MS) * STEP_MS - elapsed)
  }
}
