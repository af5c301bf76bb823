import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { Problem } from './problem.ts'

const HOUR_SECONDS = 3600

/**
 * Makes the limit of an operation for each admin: `most` in an hour, of all nodes together. `name` is the counter's, `what`
 * are the words for what there are too many of.
 * @returns what is answered instead once there are too many (429), undefined before
 */
export const createHourlyLimit =
  ({ limits, name, what, most }: { limits: Pick<LimitsPort, 'hit'>; name: string; what: string; most: number }) =>
  async ({ accountId }: { readonly accountId: string }): Promise<Problem | undefined> =>
    (await limits.hit(`${name} ${accountId}`, HOUR_SECONDS)) > most
      ? {
          status: 429,
          code: 'too-many',
          title: `these are too many ${what} within an hour`,
          detail: `one admin has ${most} ${what} in an hour: nothing was looked for, try again when the hour is over`,
          headers: { 'Retry-After': String(HOUR_SECONDS) },
        }
      : undefined
