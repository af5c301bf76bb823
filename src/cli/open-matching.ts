import { openCustomerSources } from '#src/customers/registry.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { Store } from '#src/store/ports/store.ts'
import { SILENT } from './silent.ts'
import type { Terminal } from './terminal.ts'

/** Nobody waits for a command's searches. */
const DEADLINE_MS = 60_000

/** What matching needs beside a store that is open, as it is configured: the records of customers, and time for them. */
export const openMatching = async (
  { loadConfig, clock }: Terminal,
  { customers: snapshot }: Pick<Store, 'customers'>,
) => {
  const { customers, matching } = loadConfig()
  const { toComparablePerson } = recordFormOf(matching)
  const source = await openCustomerSources(customers, {
    customers: snapshot,
    toComparablePerson,
    clock,
    logger: SILENT,
  })
  return { source, matching: { ...matching, deadlineMs: DEADLINE_MS }, clock, logger: SILENT }
}
