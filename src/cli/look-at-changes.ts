import type { Config } from '#src/config/schema.ts'
import { openCustomerSources } from '#src/customers/registry.ts'
import { createRecordChanges } from '#src/customers/snapshot/record-changes.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { createLookAtChanges, type Looked } from '#src/linking/look-at-changes.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import type { Store } from '#src/store/ports/store.ts'
import { recordFormOf } from './offline.ts'
import { grouped, type Terminal } from './terminal.ts'

const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
/** Nobody waits for a command's searches. */
const DEADLINE_MS = 60_000

/** Looks whether changes of records touch links, as a node does now and then. */
export const lookAtChanges = async (
  store: Store,
  { customers, matching }: Pick<Config, 'customers' | 'matching'>,
  clock: Clock,
): Promise<Looked> => {
  const { toComparablePerson } = recordFormOf(matching)
  const look = createLookAtChanges({
    ...store,
    source: await openCustomerSources(customers, { ...store, toComparablePerson, clock, logger: NO_LOG }),
    changes: createRecordChanges(store),
    matching: { ...matching, deadlineMs: DEADLINE_MS },
    modelInForce: createModelInForce({ keys: store.keys, clock }),
    logger: NO_LOG,
    clock,
  })
  return look()
}

/** Says on standard error that people must look at links, where that is so. */
export const tellReviews = ({ stderr }: Pick<Terminal, 'stderr'>, raised: number): void => {
  if (raised > 0) stderr.write(`pias: ${grouped(raised)} links are to be looked at: pias reviews list\n`)
}
