import type { ComparablePerson } from '#src/kernel/customer.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

const PAGE = 1000

/**
 * All people of the customer base in comparable form, a page in memory at a time. Company records are left out: the names
 * on them are those of contacts, who share everything with each other.
 * @throws PiasError `store.unavailable`
 */
export async function* walkPeople(customers: Pick<CustomersPort, 'page'>): AsyncGenerator<ComparablePerson> {
  let after: string | undefined
  do {
    const { records, next } = await customers.page({ limit: PAGE, ...(after !== undefined && { after }) })
    for (const { document } of records) {
      const { record, person } = decodeDocument(document)
      if (record.segment !== 'business') yield person
    }
    after = next
  } while (after !== undefined)
}
