import type { Candidate, CustomerSource } from '#src/customers/port.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

const toCandidate = ({ document }: FoundCustomer): Candidate => decodeDocument(document)

/**
 * The customer records held in PIAS's own store. It answers in full or throws what the store throws
 * (`store.unavailable`), so its candidate sets are always `complete`.
 */
export const createSnapshotSource = ({ customers }: { customers: CustomersPort }): CustomerSource => ({
  id: 'snapshot',

  findCandidates: async (probes, limitPerKey) => {
    const { records, overflowed } = await customers.findByKeys(probes, limitPerKey)
    return { candidates: records.map(toCandidate), overflowed, complete: true }
  },

  termCounts: async terms => {
    const [total, counts] = await Promise.all([customers.count(), customers.termCounts(terms)])
    return { total, counts }
  },

  findByCustomerId: async customerId => (await customers.findByCustomerId(customerId)).map(toCandidate),
})
