import { z } from 'zod'

/** How pages name an upstream: a line of text that fits into a sentence and on a button. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line')
