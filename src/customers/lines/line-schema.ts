import { z } from 'zod'
import { ROLES, SERVICE_LINES } from '#src/kernel/customer.ts'

const SEGMENTS = ['consumer', 'business', 'prospect'] as const
const STATUSES = ['active', 'closed', 'prospect', 'deceased'] as const

/** Removes keys without a value, so that absent is absent and not `undefined` (exactOptionalPropertyTypes). */
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

export const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>

const blankToAbsent = (text: string | null | undefined): string | undefined =>
  text == null || text.trim() === '' ? undefined : text

/** Far beyond any name, street or address line; what is longer is no text of a field, and would take long to be read. */
const MOST_CHARACTERS = 500
/** Far beyond the contacts, moves and invoices of anybody. */
const MOST_ENTRIES = 1000
const TOO_MANY = `must have at most ${MOST_ENTRIES} entries`

/** Text of any content: a dirty value is kept as it is, since the normaliser alone judges it. Exports write house numbers as numbers. */
const text = z
  .union(
    [
      z.string().max(MOST_CHARACTERS, `must have at most ${MOST_CHARACTERS} characters`),
      z.number().transform(number => String(number)),
    ],
    'must be a string',
  )
  .nullish()
  .transform(blankToAbsent)

const texts = z
  .array(text, 'must be a list of strings')
  .max(MOST_ENTRIES, TOO_MANY)
  .nullish()
  .transform(list => (list ?? []).filter(item => item !== undefined))

/** One word of a list, in any case; an unknown word counts as absent, since only the two key fields are strict. */
const word = <const W extends string>(words: readonly W[]) =>
  text.transform(value => words.find(known => known === value?.trim().toLowerCase()))

/** A segment we do not know may be any kind of company: such a record is treated as one, hence never linked unasked. */
const segment = text.transform(value => {
  if (value === undefined) return undefined
  return SEGMENTS.find(known => known === value.trim().toLowerCase()) ?? 'business'
})

const addressShape = z.object(
  { street: text, number: text, box: text, postalCode: text, locality: text, country: text },
  'must be an object',
)

const address = addressShape.nullish().transform(value => {
  const parts = present(value ?? {})
  return Object.keys(parts).length === 0 ? undefined : parts
})

const addresses = z
  .array(address, 'must be a list of addresses')
  .max(MOST_ENTRIES, TOO_MANY)
  .nullish()
  .transform(list => (list ?? []).filter(item => item !== undefined))

/** Printable, without spaces at its ends and at most 64 characters: two ids that look alike are never two. */
const customerId = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(64, 'must have at most 64 characters')
  .regex(/^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$/u, 'must be printable and without spaces at its ends')

const key = {
  customerId,
  serviceLine: z.enum(SERVICE_LINES, `must be one of ${SERVICE_LINES.join(', ')}`),
}

/** What else is on a line that withdraws a record does not count: a field that is wrong must not keep the record. */
const withdrawal = z.object({ ...key, deleted: z.literal(true) })

const record = z.object({
  ...key,
  firstName: text,
  lastName: text,
  birthDate: text,
  emails: texts,
  phones: texts,
  address,
  formerAddresses: addresses,
  nationalNumber: text,
  invoiceReferences: texts,
  role: word(ROLES),
  language: text,
  segment,
  status: word(STATUSES),
  companyName: text,
  createdAt: text,
  deleted: z.literal(false).nullish(),
})

/**
 * One line of a customer file, or of a live feed: strict on the two key fields, generous on all others. Unknown fields are
 * ignored. The messages are the reasons of rejects files and name no value.
 */
export const lineSchema = z.discriminatedUnion('deleted', [withdrawal, record], {
  error: ({ code }) => (code === 'invalid_union' ? 'must be true or false' : 'is not a JSON object'),
})
