import { type CustomerKey, type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { type RecordForm, toStoredCustomer } from './stored-customer.ts'

/** Changes of single records, as a service line's system makes them. */
export type CustomerFeed = {
  /** Puts a record in place of whatever was there, keys and frequencies and all. */
  upsert(record: CustomerRecord): Promise<'inserted' | 'updated' | 'unchanged'>
  /** Withdraws a record; `absent` where there was none. */
  remove(key: CustomerKey): Promise<'removed' | 'absent'>
}

/**
 * The live feed of the records held in the store: the same as an import of one line. What a change means to a link is
 * looked at later (`linking/look-at-changes.ts`), from what the store notes of it in the same transaction.
 * @throws PiasError `store.unavailable`
 */
export const createCustomerFeed = (deps: {
  readonly customers: Pick<CustomersPort, 'write'>
  readonly accounts: Pick<AccountsPort, 'ownersOf'>
  readonly form: RecordForm
  readonly clock: Clock
}): CustomerFeed => {
  const { customers, accounts, form, clock } = deps
  return {
    upsert: async record => {
      const watched = (await accounts.ownersOf([record])).has(customerKeyOf(record))
      const put = { kind: 'put', record: toStoredCustomer(record, form), watched } as const
      const { inserted, updated } = await customers.write([put], clock())
      if (inserted > 0) return 'inserted'
      return updated > 0 ? 'updated' : 'unchanged'
    },
    remove: async ({ serviceLine, customerId }) => {
      const { removed } = await customers.write([{ kind: 'remove', key: { serviceLine, customerId } }], clock())
      return removed > 0 ? 'removed' : 'absent'
    },
  }
}
