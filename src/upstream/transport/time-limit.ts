import { PiasError } from '#src/kernel/errors.ts'

/**
 * Waits for a piece of a leg for so many milliseconds and no longer. Ends the waiting, not the work: the calls inside
 * have their own, shorter time.
 * @throws PiasError `upstream.unavailable` when the time is over
 */
export const withinTime = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PiasError('upstream.unavailable', `no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
