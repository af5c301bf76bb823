import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_WAIT_MS = 10
const GROWTH = 4
const LONGEST_WAIT_MS = 250

/** Waits before another try, longer each time and by chance, so that rivals do not meet again. */
const backOff = (tries: number): Promise<void> =>
  sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * GROWTH ** tries) * (0.5 + Math.random()))

/** Does it again, at most `retries` times, as long as it fails in a way that `isRetryable`. */
export const retrying = async <Result>(
  retries: number,
  isRetryable: (error: unknown) => boolean,
  work: () => Promise<Result>,
): Promise<Result> => {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === retries || !isRetryable(error)) throw error
    }
    await backOff(tries)
  }
}
