import type { RecordForm } from '#src/customers/snapshot/stored-customer.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { blockingKeys, terms } from '#src/matching/blocking.ts'
import { NORMALISER_VERSION, toComparablePerson } from '#src/matching/normalise.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

/** How customer records are written: by the normaliser and the blocking keys that logins are matched with. */
export const recordForm: RecordForm = {
  toComparablePerson,
  blockingKeys,
  terms,
  normaliserVersion: NORMALISER_VERSION,
}

/**
 * Runs a command on the embedded store and closes it, whatever happens.
 * @throws `store.unusable` or `store.unavailable` when it cannot be opened
 */
export const withStore = async <T>(
  { dataDir, clock }: { dataDir: string; clock: Clock },
  run: (store: Store) => Promise<T>,
): Promise<T> => {
  const store = await openSqliteStore({ dataDir, clock })
  try {
    return await run(store)
  } finally {
    await store.close()
  }
}
