import { hash } from 'node:crypto'
import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import type { StoredCustomer } from '#src/store/ports/customers.ts'
import { encodeDocument } from './document.ts'

/**
 * How a record becomes comparable and findable, handed over by the composition root because matching is not for
 * customers to import. `normaliserVersion` changes whenever any of the three functions does.
 */
export type RecordForm = {
  readonly toComparablePerson: (record: CustomerRecord) => ComparablePerson
  readonly blockingKeys: (person: ComparablePerson) => readonly string[]
  readonly terms: (person: ComparablePerson) => readonly string[]
  readonly normaliserVersion: string
}

/**
 * Tells an unchanged record. It covers the normaliser's version too, so that a new normaliser rewrites what an old one
 * wrote although the record is unchanged.
 */
export const digestOf = (
  record: CustomerRecord,
  { normaliserVersion }: Pick<RecordForm, 'normaliserVersion'>,
): string => hash('sha256', `${normaliserVersion}\n${JSON.stringify(record)}`, 'base64url')

/**
 * The stored form of a record; `person` is its comparable form, where it was made already. The national number is kept in
 * that alone, where it may be compared.
 */
export const toStoredCustomer = (
  record: CustomerRecord,
  form: RecordForm,
  person = form.toComparablePerson(record),
): StoredCustomer => {
  const { nationalNumber: _, ...kept } = record
  return {
    serviceLine: record.serviceLine,
    customerId: record.customerId,
    document: encodeDocument({ record: kept, person }),
    digest: digestOf(record, form),
    keys: form.blockingKeys(person),
    terms: form.terms(person),
  }
}
