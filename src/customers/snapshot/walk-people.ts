import { type ComparablePerson, customerKeyOf, parseCustomerKey } from '#src/kernel/customer.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

/** A person of the base, with the key of the record as `customerKeyOf`. */
export type KeyedPerson = { readonly key: string; readonly person: ComparablePerson }

/**
 * Some people of the base, and of how many records, companies among them; with `next` one goes on after them, a page without
 * it is the last.
 */
export type PeoplePage = { readonly people: readonly KeyedPerson[]; readonly records: number; readonly next?: string }

const PAGE = 1000

/** Company records are left out: the names on them are those of contacts, who share everything with each other. */
const peopleOf = (records: readonly FoundCustomer[]): readonly KeyedPerson[] =>
  records
    .map(({ document }) => decodeDocument(document))
    .filter(({ record }) => record.segment !== 'business')
    .map(({ record, person }) => ({ key: customerKeyOf(record), person }))

/**
 * All people of the customer base in comparable form, a page in memory at a time, companies apart.
 * @param options.after the `next` of a page to go on after
 * @throws PiasError `store.unavailable`
 */
export async function* walkPeople(
  customers: Pick<CustomersPort, 'page'>,
  options: { readonly after?: string; readonly pageSize?: number } = {},
): AsyncGenerator<PeoplePage> {
  const { pageSize: limit = PAGE } = options
  let { after } = options
  do {
    const { records, next } = await customers.page({ limit, ...(after !== undefined && { after }) })
    yield { people: peopleOf(records), records: records.length, ...(next !== undefined && { next }) }
    after = next
  } while (after !== undefined)
}

/**
 * The people of these records, in the order of the keys (as `customerKeyOf`), some in memory at a time; those that are gone
 * are absent. @throws PiasError `store.unavailable`
 */
export async function* findPeople(
  customers: Pick<CustomersPort, 'find'>,
  keys: readonly string[],
): AsyncGenerator<KeyedPerson> {
  for (let start = 0; start < keys.length; start += PAGE) {
    const asked = keys.slice(start, start + PAGE)
    const found = new Map(peopleOf(await customers.find(asked.map(parseCustomerKey))).map(one => [one.key, one]))
    for (const key of asked) {
      const person = found.get(key)
      if (person !== undefined) yield person
    }
  }
}
