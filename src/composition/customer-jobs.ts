import type { Config } from '#src/config/schema.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { silentLines } from '#src/customers/registry.ts'
import { createRecordChanges } from '#src/customers/snapshot/record-changes.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { createLookAtChanges } from '#src/linking/look-at-changes.ts'
import { createLookAtSources } from '#src/linking/look-at-sources.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import type { Store } from '#src/store/ports/store.ts'

const LOOK_EVERY_MS = 60_000

/**
 * What a node does beside logins about customer records: it looks whether changes of them touch links, and asks the systems
 * that tell nobody of a change, where there are any.
 */
export const createCustomerJobs = (deps: {
  config: Pick<Config, 'matching' | 'customers'>
  store: Store
  source: CustomerSource
  clock: Clock
  logger: Logger
}): readonly Job[] => {
  const { config, store, source, clock, logger } = deps
  const serviceLines = silentLines(config.customers)
  const matching = {
    ...store,
    source,
    clock,
    logger,
    matching: config.matching,
    modelInForce: createModelInForce({ keys: store.keys, clock }),
  }
  const lookAtChanges = createLookAtChanges({ ...matching, changes: createRecordChanges(store) })
  const lookAtSources = createLookAtSources({ ...matching, serviceLines })
  const changes: Job = {
    name: 'customer-changes',
    everyMs: LOOK_EVERY_MS,
    run: async () => {
      const { raised, linked } = await lookAtChanges()
      if (raised > 0) logger.warn({ event: 'reviews_raised', raised, linked }, 'people are to look at links')
    },
  }
  const sources: Job = {
    name: 'customer-sources',
    everyMs: LOOK_EVERY_MS,
    run: async stopping => {
      const { raised, asked, held } = await lookAtSources(stopping)
      for (const line of held) {
        logger.warn({ event: 'customer_sources_doubted', ...line }, 'too many linked records are gone')
      }
      if (raised > 0) logger.warn({ event: 'reviews_raised', raised, asked }, 'people are to look at links')
    },
  }
  return serviceLines.size === 0 ? [changes] : [changes, sources]
}
