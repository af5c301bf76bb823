import { z } from 'zod'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import { comparableUsername, MAX_USERNAME } from './comparable-username.ts'
import { readHash } from './hashes/read-hash.ts'

const MOST = 100

/** Printable and without spaces at its ends: two that look alike are never two. */
const word = (longest: number) =>
  z
    .string('must be a string')
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$/u, 'must be printable and without spaces at its ends')

/** A locally unique identifier of at most 255 ASCII characters (OIDC Core 2). */
const sub = z
  .string('must be a string')
  .regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters without spaces')

const customer = z.strictObject(
  { serviceLine: z.enum(SERVICE_LINES, `must be one of ${SERVICE_LINES.join(', ')}`), customerId: word(64) },
  'must be an object of serviceLine and customerId',
)

const passwordHash = z.string('must be a string').superRefine((text, context) => {
  const read = readHash(text)
  if ('fault' in read) context.addIssue({ code: 'custom', message: read.fault })
})

const itsme = z.strictObject({ issuer: z.url('must be a URL'), clientId: word(255), sub }, 'must be an object')

/**
 * One line of a file of accounts. Strict in everything: an account that is brought in wrongly is somebody else's. The
 * messages are the reasons of rejects files and name no value.
 */
export const lineSchema = z
  .strictObject(
    {
      legacyId: word(255),
      username: z
        .string('must be a string')
        .max(MAX_USERNAME, `must have at most ${MAX_USERNAME} characters`)
        .transform(comparableUsername)
        .refine(name => name !== '', 'must not be empty')
        .optional(),
      passwordHash: passwordHash.optional(),
      subs: z.record(word(255), sub, 'must be an object of client ids and subs').optional(),
      customers: z.array(customer, 'must be a list').max(MOST, `must have at most ${MOST} entries`).default([]),
      itsme: itsme.optional(),
    },
    { error: issue => (issue.code === 'unrecognized_keys' ? 'has a field that is not known' : 'is not a JSON object') },
  )
  .refine(line => line.passwordHash === undefined || line.username !== undefined, {
    message: 'needs a username',
    path: ['passwordHash'],
  })
  .refine(
    ({ customers }) =>
      new Set(customers.map(({ serviceLine, customerId }) => `${serviceLine}:${customerId}`)).size === customers.length,
    { message: 'names a customer record twice', path: ['customers'] },
  )

/** A line that was read; `username` is in comparable form. */
export type AccountLine = z.output<typeof lineSchema>
