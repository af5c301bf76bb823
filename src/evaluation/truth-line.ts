import { z } from 'zod'
import { firstIssue } from './identity-line.ts'
import type { ReadLine } from './input-lines.ts'

/**
 * The customer records that are an identity's own. `classes` are words of the file's author for what is special about
 * the person (`twin`, `moved`…), counted apart.
 */
export type Truth = {
  readonly identityId: string
  readonly customerIds: readonly string[]
  readonly classes: readonly string[]
}

const texts = z.array(z.string('must be a string'), 'must be a list of strings')

const schema = z.object(
  {
    identityId: z.string('must be a string').min(1, 'must not be empty'),
    customerIds: texts,
    classes: texts.nullish().transform(classes => classes ?? []),
  },
  'is not a JSON object',
)

/** Reads one line of truth: `{identityId, customerIds, classes?}`. */
export const readTruth = (json: unknown): ReadLine<Truth> => {
  const parsed = schema.safeParse(json)
  return parsed.success ? { value: parsed.data } : { reason: firstIssue(parsed.error) }
}
