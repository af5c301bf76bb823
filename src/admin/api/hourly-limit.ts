import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { Problem } from './problem.ts'

const HOUR_SECONDS = 3600

/**
 * Makes the limit of an operation for each admin: `most` in an hour, of all nodes together. `name` is the counter's, `what`
 * are the words for what there are too many of.
 * @returns what is answered instead once there are too many (429, with what is left of the hour), undefined before
 */
export const createHourlyLimit =
  ({ limits, name, what, most }: { limits: Pick<LimitsPort, 'hitTimed'>; name: string; what: string; most: number }) =>
  async ({ accountId }: { readonly accountId: string }): Promise<Problem | undefined> => {
    const { hits, leftSeconds } = await limits.hitTimed(`${name} ${accountId}`, HOUR_SECONDS)
    if (hits <= most) return undefined
    return {
      status: 429,
      code: 'too-many',
      title: `these are too many ${what} within an hour`,
      detail: `one admin has ${most} ${what} in an hour: nothing was looked for, try again when the hour is over`,
      headers: { 'Retry-After': String(leftSeconds) },
    }
  }
