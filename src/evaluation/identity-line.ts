import { z } from 'zod'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { NATIONAL_NUMBER } from '#src/upstream/itsme/tokens/claim-names.ts'
import { toIdentityClaims } from '#src/upstream/itsme/tokens/claims.ts'
import type { ReadLine } from './input-lines.ts'

/** An identity to be matched, as itsme would have delivered it. */
export type EvaluatedIdentity = { readonly identityId: string; readonly claims: IdentityClaims }

const text = z.string('must be a string').nullish()

/** Types are checked; what the texts hold is the affair of the login path. Other fields are ignored. */
const schema = z.object(
  {
    identityId: z.string('must be a string').min(1, 'must not be empty'),
    given_name: text,
    family_name: text,
    birthdate: text,
    gender: text,
    address: z
      .object({ street_address: text, postal_code: text, locality: text, country: text }, 'must be an object')
      .nullish(),
    locale: text,
    phone_number: text,
    phone_number_verified: z.boolean('must be true or false').nullish(),
    email: text,
    email_verified: z.boolean('must be true or false').nullish(),
    national_number: text,
  },
  'is not a JSON object',
)

/** What is wrong first, with the field's path. */
export const firstIssue = ({ issues: [issue] }: z.ZodError): string =>
  [issue?.path.join('.'), issue?.message].filter(part => part !== '').join(' ')

/**
 * Reads one identity: `{identityId, given_name, family_name, birthdate, gender, address, locale, phone_number, email?,
 * email_verified?, national_number?}`, by the code that reads itsme's claims at a login.
 */
export const readIdentity = (json: unknown): ReadLine<EvaluatedIdentity> => {
  const parsed = schema.safeParse(json)
  if (!parsed.success) return { reason: firstIssue(parsed.error) }
  const { identityId, national_number: nationalNumber, ...claims } = parsed.data
  // itsme writes digits alone; other sources write them as on the card.
  const raw = { ...claims, [NATIONAL_NUMBER]: nationalNumber?.replaceAll(/\D/g, '') }
  return { value: { identityId, claims: toIdentityClaims(raw, { nationalNumber: true }) } }
}
