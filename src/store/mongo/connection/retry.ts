import { setTimeout as sleep } from 'node:timers/promises'
import { duplicatesIn } from './failures.ts'

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

/**
 * Writes things that have nothing to do with one another by one command. Those that are refused as duplicates are written
 * again, at most `retries` times, and no others.
 */
export const retryingDuplicates = async <Item>(
  retries: number,
  items: readonly Item[],
  write: (items: readonly Item[]) => Promise<unknown>,
): Promise<void> => {
  let left = items
  const writeLeft = () =>
    write(left).catch(error => {
      const refused = duplicatesIn(error)
      if (refused !== undefined) left = left.filter((_, index) => refused.has(index))
      throw error
    })
  await retrying(retries, error => duplicatesIn(error) !== undefined, writeLeft)
}
