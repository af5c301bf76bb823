import type { RecordChange, RecordChanges } from '#src/customers/port.ts'
import type { CustomersPort, NotedChange } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

type Customers = Pick<CustomersPort, 'notedChanges' | 'settleChanges' | 'find'>

/** Read when it is asked for: nearly all changes are of records that nobody is linked to. */
const toChange = ({ serviceLine, customerId, id, at, former, fresh }: NotedChange): RecordChange => ({
  serviceLine,
  customerId,
  id,
  at,
  former: () => (fresh ? undefined : decodeDocument(former)),
})

/** What the store noted of records that changed, and how they are now. @throws PiasError `store.unavailable` */
export const createRecordChanges = ({ customers }: { readonly customers: Customers }): RecordChanges => ({
  find: async keys => (await customers.find(keys)).map(({ document }) => decodeDocument(document)),
  list: async query => (await customers.notedChanges(query)).map(toChange),
  settle: customers.settleChanges,
})
