import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import { type CustomerKey, compareCustomerKeys, customerKeyOf } from '#src/kernel/customer.ts'
import type {
  CustomerChange,
  CustomersPort,
  FoundCustomer,
  NotedChange,
  StoredCustomer,
} from '#src/store/ports/customers.ts'

const contextOf = ({ serviceLine, customerId }: CustomerKey) => ['customers', 'document', serviceLine, customerId]

/** Seals changes: a function of the keys alone, so that threads can do it beside the one that writes. */
export const createSealChange = ({ index, customerSealer }: Keyring) => {
  const sealRecord = (record: StoredCustomer): StoredCustomer => {
    const { serviceLine, customerId, document, digest, keys, terms } = record
    const token = index['customer.id'](customerId)
    // The id on a line of its own, in which JSON has no line break. In a list each quote of the document would be escaped.
    const text = `${JSON.stringify(customerId)}\n${document}`
    return {
      serviceLine,
      customerId: token,
      document: customerSealer(token).seal(contextOf({ serviceLine, customerId: token }), text),
      digest: index['customer.digest'](digest),
      keys: keys.map(index['customer.key']),
      terms: terms.map(index['customer.term']),
    }
  }
  return (change: CustomerChange): CustomerChange =>
    change.kind === 'put'
      ? { ...change, record: sealRecord(change.record) }
      : { ...change, key: { ...change.key, customerId: index['customer.id'](change.key.customerId) } }
}

/**
 * Customer records sealed whole, so that a candidate costs one decryption. Customer ids, keys and terms, which are looked
 * up, are tokens, and so is the digest, which would tell whether a guess at a record is right.
 */
export const encryptCustomers = (customers: CustomersPort, keyring: Keyring): CustomersPort => {
  const { index } = keyring
  const keyToken = index['customer.key']
  const termToken = index['customer.term']
  const sealChange = createSealChange(keyring)
  const tokenOf = <Key extends CustomerKey>(key: Key): Key => ({
    ...key,
    customerId: index['customer.id'](key.customerId),
  })

  const open = (found: FoundCustomer): FoundCustomer => {
    const text = keyring.customerSealer(found.customerId).open(contextOf(found), found.document)
    const end = text.indexOf('\n')
    return {
      serviceLine: found.serviceLine,
      customerId: JSON.parse(text.slice(0, end)) as string,
      document: text.slice(end + 1),
    }
  }

  const openChange = (change: NotedChange): NotedChange => {
    const { customerId, document } = open({ ...change, document: change.former })
    return { ...change, customerId, former: document }
  }

  return {
    write: (changes, at) => customers.write(changes.map(sealChange), at),

    unchanged: async records => {
      const asked = records.map(record => ({ ...tokenOf(record), digest: index['customer.digest'](record.digest) }))
      const same = await customers.unchanged(asked)
      return new Set(records.filter((_, at) => same.has(customerKeyOf(asked[at] as CustomerKey))).map(customerKeyOf))
    },

    notedChanges: async query => (await customers.notedChanges(query)).map(openChange),

    settleChanges: changes => customers.settleChanges(changes.map(tokenOf)),

    find: async keys => (await customers.find(keys.map(tokenOf))).map(open).sort(compareCustomerKeys),

    findByKeys: async (keys, limitPerKey) => {
      const asked = new Map(keys.map(key => [keyToken(key), key]))
      const { records, overflowed } = await customers.findByKeys([...asked.keys()], limitPerKey)
      return {
        records: records.map(open).sort(compareCustomerKeys),
        overflowed: overflowed.map(token => asked.get(token) as string),
      }
    },

    findByCustomerId: async customerId =>
      (await customers.findByCustomerId(index['customer.id'](customerId))).map(open),

    page: async query => {
      const { records, ...rest } = await customers.page(query)
      return { records: records.map(open), ...rest }
    },

    termCounts: async terms => {
      const asked = new Map(terms.map(term => [termToken(term), term]))
      const { total, counts } = await customers.termCounts([...asked.keys()])
      return { total, counts: new Map([...counts].map(([token, count]) => [asked.get(token) as string, count])) }
    },

    countByLine: customers.countByLine,
    count: customers.count,
  }
}
