import { z } from 'zod'
import { hasOneToken, ONE_TOKEN, systemFields } from '#src/upstream/transport/system-config.ts'

/** The legacy system that tells whether a password is right (docs/how-to-migrate-accounts.md). */
export const verifierSchema = z
  .strictObject({
    ...systemFields,
    /** Milliseconds it may take. */
    deadlineMs: z.int().min(100).max(10_000).default(3000),
  })
  .refine(hasOneToken, ONE_TOKEN)

/** A configuration that passed. */
export type VerifierConfig = z.output<typeof verifierSchema>
