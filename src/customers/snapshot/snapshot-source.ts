import type { Candidate, CustomerSource } from '#src/customers/port.ts'
import { createBoundedCache } from '#src/kernel/bounded-cache.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { decodeDocument } from './document.ts'

const toCandidate = ({ document }: FoundCustomer): Candidate => decodeDocument(document)

/** Few keys are hot (a dealer's phone, a switchboard), and one that is stays so for longer than this. */
const MOST_HOT = 10_000
const HOT_MS = 60_000

/**
 * The customer records held in PIAS's own store. It answers in full or throws what the store throws
 * (`store.unavailable`), so its candidate sets are always `complete`. A key that was found to hold too many records is
 * not asked for again for a minute: it tells nothing, so a hot key costs no more than one that nobody has.
 */
export const createSnapshotSource = ({ customers }: { customers: CustomersPort }): CustomerSource => {
  const hot = createBoundedCache<string, true>({ max: MOST_HOT, maxAgeMs: HOT_MS })
  return {
    id: 'snapshot',

    findCandidates: async (probes, limitPerKey) => {
      const nameOf = (key: string): string => `${limitPerKey} ${key}`
      const isHot = (key: string): boolean => hot.get(nameOf(key)) === true
      const known = probes.filter(isHot)
      const asked = probes.filter(key => !known.includes(key))
      const { records, overflowed } = await customers.findByKeys(asked, limitPerKey)
      for (const key of overflowed) hot.set(nameOf(key), true)
      return { candidates: records.map(toCandidate), overflowed: [...known, ...overflowed], complete: true }
    },

    termCounts: customers.termCounts,

    findByCustomerId: async customerId => (await customers.findByCustomerId(customerId)).map(toCandidate),
  }
}
