import type { Candidate, RecordChange, RecordChanges } from '#src/customers/port.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { CustomersPort, NotedChange } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

type Customers = Pick<CustomersPort, 'notedChanges' | 'settleChanges' | 'find'>

const toChange = (noted: NotedChange, present: Candidate | undefined): RecordChange => {
  const { serviceLine, customerId, id, at, former, fresh } = noted
  return {
    serviceLine,
    customerId,
    id,
    at,
    ...(!fresh && { former: decodeDocument(former) }),
    ...(present !== undefined && { present }),
  }
}

/** What the store noted of records that changed, read beside how they are now. @throws PiasError `store.unavailable` */
export const createRecordChanges = ({ customers }: { readonly customers: Customers }): RecordChanges => {
  const find: RecordChanges['find'] = async keys =>
    (await customers.find(keys)).map(({ document }) => decodeDocument(document))
  return {
    find,
    list: async query => {
      const noted = await customers.notedChanges(query)
      const present = new Map((await find(noted)).map(candidate => [customerKeyOf(candidate.record), candidate]))
      return noted.map(change => toChange(change, present.get(customerKeyOf(change))))
    },
    settle: customers.settleChanges,
  }
}
