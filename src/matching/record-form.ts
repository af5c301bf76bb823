import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import { blockingKeys, terms } from './blocking.ts'
import { NORMALISER_VERSION, toComparablePerson } from './normalise.ts'

/**
 * How customer records are written: by the normaliser and the blocking keys that logins are matched with. Where national
 * numbers may be compared that is another form, so that the next import writes each record anew.
 */
export const recordFormOf = (options: { readonly nationalNumber: boolean }) => ({
  toComparablePerson: (record: CustomerRecord): ComparablePerson => toComparablePerson(record, options),
  blockingKeys: (person: ComparablePerson): readonly string[] => blockingKeys(person, options),
  terms,
  normaliserVersion: options.nationalNumber ? `${NORMALISER_VERSION}+number` : NORMALISER_VERSION,
})
