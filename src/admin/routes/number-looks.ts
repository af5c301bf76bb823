import { createHourlyLimit } from '#src/admin/api/hourly-limit.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** One every thirty seconds: enough for whoever answers calls, and too few to walk through numbers. */
const MOST_AN_HOUR = 120

/**
 * Limits looks by a whole customer number: those that one admin has in an hour, whichever operation tells whose it is.
 * @returns as {@link createHourlyLimit}
 */
export const createLimitNumberLooks = ({ limits }: { limits: Pick<LimitsPort, 'hitTimed'> }) =>
  createHourlyLimit({ limits, name: 'customer-number', what: 'looks by customer number', most: MOST_AN_HOUR })
