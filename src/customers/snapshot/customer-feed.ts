import { setImmediate as breathe } from 'node:timers/promises'
import type { GoodLine } from '#src/customers/lines/parse-line.ts'
import type { CustomerKey, CustomerRecord } from '#src/kernel/customer.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ChangeOutcomes, CustomerChange, CustomersPort } from '#src/store/ports/customers.ts'
import { createPrepareChanges, lastOfEach, type PrepareDeps } from './prepare-changes.ts'

/** What became of lines; `superseded` counts those that a later line of the same record overtook. */
export type FeedOutcomes = ChangeOutcomes & { readonly superseded: number }

/** Changes of records, as a service line's system makes them. */
export type CustomerFeed = {
  /** Takes lines in, all of them or none; of several for one record the last counts. */
  apply(lines: readonly GoodLine[]): Promise<FeedOutcomes>
  /** Puts a record in place of whatever was there, keys and frequencies and all. */
  upsert(record: CustomerRecord): Promise<'inserted' | 'updated' | 'unchanged'>
  /** Withdraws a record; `absent` where there was none. */
  remove(key: CustomerKey): Promise<'removed' | 'absent'>
}

/** Lines that are prepared in one go: some milliseconds, in which a node that people log in at does nothing else. */
const SLICE = 10

/**
 * The live feed of the records held in the store: the same as an import of these lines. What a change means to a link is
 * looked at later (`linking/look-at-changes.ts`), from what the store notes of it in the same transaction.
 * @throws PiasError `store.unavailable`
 */
export const createCustomerFeed = (
  deps: PrepareDeps & { readonly customers: Pick<CustomersPort, 'write'>; readonly clock: Clock },
): CustomerFeed => {
  const { customers, clock } = deps
  const prepare = createPrepareChanges(deps)

  const apply: CustomerFeed['apply'] = async lines => {
    const { last, superseded } = lastOfEach(lines)
    const changes: CustomerChange[] = []
    let unchanged = 0
    for (let start = 0; start < last.length; start += SLICE) {
      const prepared = await prepare(last.slice(start, start + SLICE))
      changes.push(...prepared.changes)
      unchanged += prepared.unchanged.length
      await breathe()
    }
    if (changes.length === 0) return { inserted: 0, updated: 0, unchanged, removed: 0, absent: 0, superseded }
    const written = await customers.write(changes, clock())
    return { ...written, unchanged: written.unchanged + unchanged, superseded }
  }

  return {
    apply,
    upsert: async record => {
      const { inserted, updated } = await apply([{ kind: 'record', record }])
      if (inserted > 0) return 'inserted'
      return updated > 0 ? 'updated' : 'unchanged'
    },
    remove: async ({ serviceLine, customerId }) => {
      const { removed } = await apply([{ kind: 'removal', key: { serviceLine, customerId } }])
      return removed > 0 ? 'removed' : 'absent'
    },
  }
}
