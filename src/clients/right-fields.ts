import type { z } from 'zod'

/**
 * The fields of what somebody gave in which a schema found nothing wrong, so that rules about them can be asked beside
 * what is wrong with others.
 * @param given anything; what is no object has no fields
 */
export const rightFields = (given: unknown, issues: readonly Pick<z.core.$ZodRawIssue, 'path'>[]): object => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {}
  const wrong = new Set(issues.map(({ path }) => path?.[0]))
  return Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)))
}
