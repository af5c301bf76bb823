import type { ServiceLine } from '#src/kernel/customer.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { Store } from '#src/store/ports/store.ts'
import { type LevelDrift, measureLevelDrift } from './level-drift.ts'
import { createModelInForce, findTrained } from './stored-model.ts'

/** What an operator watches of matching. */
export type MatchingState = {
  /** The model in force; the built-in one was never trained. Epoch milliseconds. */
  readonly model: { readonly version: string; readonly trainedAt?: number }
  /** Of the latest decisions with that model. */
  readonly drift: LevelDrift
  readonly customers: ReadonlyMap<ServiceLine, number>
}

const DAY_MS = 24 * 3600 * 1000
const LOOK_BACK_MS = 30 * DAY_MS
/** Of each kind: enough for shares of one in a hundred, and read in a second. */
const LATEST = 2000
const READ_AGAIN_MS = 15 * 60_000

/**
 * Makes the look-up of how matching fares here. The audit trail is read for it once in a quarter of an hour, however often
 * somebody asks.
 * @throws PiasError `store.unavailable`, from the look-up
 */
export const createMatchingState = (deps: {
  readonly store: Pick<Store, 'audit' | 'keys' | 'customers'>
  readonly clock: Clock
}): (() => Promise<MatchingState>) => {
  const { store, clock } = deps
  const { audit, keys, customers } = store
  const modelInForce = createModelInForce({ keys, clock })
  let known: { readonly at: number; readonly state: Promise<MatchingState> } | undefined

  const read = async (): Promise<MatchingState> => {
    const { model } = await modelInForce()
    const trained = await findTrained(keys, model.version)
    return {
      model: { version: model.version, ...(trained && { trainedAt: trained.trainedAt }) },
      drift: await measureLevelDrift(audit, model, { since: clock() - LOOK_BACK_MS, most: LATEST }),
      customers: await customers.countByLine(),
    }
  }

  return () => {
    const now = clock()
    if (known === undefined || now - known.at > READ_AGAIN_MS) {
      const reading = { at: now, state: read() }
      known = reading
      reading.state.catch(() => {
        // Asked for again by whoever comes next.
        if (known === reading) known = undefined
      })
    }
    return known.state
  }
}
