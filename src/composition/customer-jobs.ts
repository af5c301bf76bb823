import type { Config } from '#src/config/schema.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { createRecordChanges } from '#src/customers/snapshot/record-changes.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { createLookAtChanges } from '#src/linking/look-at-changes.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import type { Store } from '#src/store/ports/store.ts'

const LOOK_EVERY_MS = 60_000

/** What a node does beside logins about customer records: it looks whether changes of them touch links. */
export const createCustomerJob = (deps: {
  config: Pick<Config, 'matching'>
  store: Store
  source: CustomerSource
  clock: Clock
  logger: Logger
}): Job => {
  const { config, store, source, clock, logger } = deps
  const look = createLookAtChanges({
    ...store,
    source,
    clock,
    logger,
    matching: config.matching,
    changes: createRecordChanges(store),
    modelInForce: createModelInForce({ keys: store.keys, clock }),
  })
  return {
    name: 'customer-changes',
    everyMs: LOOK_EVERY_MS,
    run: async () => {
      const { raised, linked } = await look()
      if (raised > 0) logger.warn({ event: 'reviews_raised', raised, linked }, 'people are to look at links')
    },
  }
}
