import { z } from 'zod'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import { hasOneToken, ONE_TOKEN, systemFields } from '#src/upstream/transport/system-config.ts'

/** Configuration of a service line's own system as a source of candidates (docs/how-to-import-customers.md). */
export const httpSourceSchema = z
  .strictObject({
    kind: z.literal('http'),
    id: z.string().regex(/^[a-z0-9-]+$/),
    ...systemFields,
    /** The service line it speaks for: a record of another one in an answer makes the answer worth nothing. */
    serviceLine: z.enum(SERVICE_LINES),
    /**
     * `claims`: it is sent who is looked for, in comparable form. `tokens`: only keyed digests of the blocking keys, by
     * which it must have indexed its records.
     */
    send: z.enum(['claims', 'tokens']),
    /** What tokens are keyed with, for `tokens`: base64url, 32 bytes. */
    tokenKey: z
      .string()
      .regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
      .exactOptional(),
    /** Milliseconds it may take; a later answer never links. Less than `matching.deadlineMs`. */
    deadlineMs: z.int().positive().default(150),
    /** Seconds a complete answer is used again; 0 for never. */
    cacheSeconds: z.int().min(0).max(300).default(30),
    /** Records it holds, roughly: it cannot tell how frequent a name is, so this says how many more may bear it. */
    records: z.int().positive(),
    /** Largest answer, in bytes. */
    maxBytes: z.int().positive().default(1_000_000),
  })
  .refine(({ send, tokenKey }) => (send === 'tokens') === (tokenKey !== undefined), 'tokenKey belongs to send: tokens')
  .refine(hasOneToken, ONE_TOKEN)

/** A configuration that passed. */
export type HttpSourceConfig = z.output<typeof httpSourceSchema>

/** What is wrong with it where PIAS runs: an answer may not come later than matching waits, nor over a line that anybody reads. */
export const httpSourceFaults = (
  { deadlineMs, url }: HttpSourceConfig,
  around: { readonly environment: 'development' | 'production'; readonly deadlineMs: number },
): readonly { readonly field: string; readonly message: string }[] => [
  ...(deadlineMs >= around.deadlineMs
    ? [{ field: 'deadlineMs', message: 'must be less than matching.deadlineMs' }]
    : []),
  ...(around.environment === 'production' && !url.startsWith('https:')
    ? [{ field: 'url', message: 'must be https in production' }]
    : []),
]
