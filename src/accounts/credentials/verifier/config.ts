import { z } from 'zod'
import { endpointSchema } from '#src/upstream/transport/callable-url.ts'

/** The legacy system that tells whether a password is right (docs/how-to-migrate-accounts.md). */
export const verifierSchema = z
  .strictObject({
    /** Where it is asked, by POST. */
    url: endpointSchema,
    /** Bearer token that PIAS shows. */
    token: z.string().min(16, 'must have at least 16 characters').exactOptional(),
    /** A file that holds the token and nothing else; read at the start. */
    tokenFile: z.string().min(1).exactOptional(),
    /** Milliseconds it may take. */
    deadlineMs: z.int().min(100).max(10_000).default(3000),
  })
  .refine(
    ({ token, tokenFile }) => (token === undefined) !== (tokenFile === undefined),
    'needs either token or tokenFile',
  )

/** A configuration that passed. */
export type VerifierConfig = z.output<typeof verifierSchema>
