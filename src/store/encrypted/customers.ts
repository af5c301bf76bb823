import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { CustomerKey } from '#src/kernel/customer.ts'
import type { CustomersPort, FoundCustomer, StoredCustomer } from '#src/store/ports/customers.ts'

const contextOf = ({ serviceLine, customerId }: CustomerKey) => ['customers', 'document', serviceLine, customerId]

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const byKey = (a: CustomerKey, b: CustomerKey): number =>
  compare(a.serviceLine, b.serviceLine) || compare(a.customerId, b.customerId)

/**
 * Customer records sealed whole, so that a candidate costs one decryption. Customer ids, keys and terms, which are looked
 * up, are tokens, and so is the digest, which would tell whether a guess at a record is right.
 */
export const encryptCustomers = (customers: CustomersPort, keyring: Keyring): CustomersPort => {
  const { index } = keyring
  const keyToken = index['customer.key']
  const termToken = index['customer.term']

  const seal = (record: StoredCustomer): StoredCustomer => {
    const { serviceLine, customerId, document, digest, keys, terms } = record
    const token = index['customer.id'](customerId)
    const text = JSON.stringify([customerId, document])
    return {
      serviceLine,
      customerId: token,
      document: keyring.customerSealer(token).seal(contextOf({ serviceLine, customerId: token }), text),
      digest: index['customer.digest'](digest),
      keys: keys.map(keyToken),
      terms: terms.map(termToken),
    }
  }

  const open = (found: FoundCustomer): FoundCustomer => {
    const text = keyring.customerSealer(found.customerId).open(contextOf(found), found.document)
    const [customerId, document] = JSON.parse(text) as [string, string]
    return { serviceLine: found.serviceLine, customerId, document }
  }

  return {
    upsertMany: records => customers.upsertMany(records.map(seal)),

    findByKeys: async (keys, limitPerKey) => {
      const asked = new Map(keys.map(key => [keyToken(key), key]))
      const { records, overflowed } = await customers.findByKeys([...asked.keys()], limitPerKey)
      return { records: records.map(open).sort(byKey), overflowed: overflowed.map(token => asked.get(token) as string) }
    },

    findByCustomerId: async customerId =>
      (await customers.findByCustomerId(index['customer.id'](customerId))).map(open),

    page: async query => {
      const { records, ...rest } = await customers.page(query)
      return { records: records.map(open), ...rest }
    },

    termCounts: async terms => {
      const asked = new Map(terms.map(term => [termToken(term), term]))
      const counts = await customers.termCounts([...asked.keys()])
      return new Map([...counts].map(([token, count]) => [asked.get(token) as string, count]))
    },

    count: customers.count,
  }
}
