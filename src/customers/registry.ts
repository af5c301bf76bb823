import type { CustomersPort } from '#src/store/ports/customers.ts'
import type { CustomerSource } from './port.ts'

/** What a customer source may be given. */
export type CustomerSourceDeps = { readonly customers: CustomersPort }

type CustomerSourceKind = { readonly open: (deps: CustomerSourceDeps) => Promise<CustomerSource> }

/**
 * Every kind of customer source, by the name configuration uses. Loaded when first opened, so that a source costs
 * nothing where it is not used.
 */
const CUSTOMER_SOURCES = {
  snapshot: {
    open: async deps => (await import('#src/customers/snapshot/snapshot-source.ts')).createSnapshotSource(deps),
  },
} as const satisfies Record<string, CustomerSourceKind>

/** Opens the source that logins are matched against: the feed held in the store. */
export const openCustomerSources = (deps: CustomerSourceDeps): Promise<CustomerSource> =>
  CUSTOMER_SOURCES.snapshot.open(deps)
