import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '#src/store/ports/store.ts'

const PORTS = [
  'accounts',
  'audit',
  'customers',
  'keys',
  'dataKeys',
  'erasures',
  'consents',
  'logouts',
  'clients',
  'grants',
  'artifacts',
  'attempts',
  'limits',
] as const

type Method = (...values: unknown[]) => Promise<unknown>

/** About what a store in the same data centre takes, there and back, in milliseconds each. */
const LEG_MS = 2

/**
 * Lets every operation of a store take its time, as one over a network does. The embedded store answers at once, so
 * that two requests to one process would never come between each other's reads and writes, and no race could be lost.
 */
export const slowDownStore = (store: Store): void => {
  for (const port of PORTS) {
    const methods = store[port] as unknown as Record<string, Method>
    for (const [name, run] of Object.entries(methods)) {
      methods[name] = async (...values) => {
        await sleep(LEG_MS)
        const result = await run(...values)
        await sleep(LEG_MS)
        return result
      }
    }
  }
}

/** Configuration with far more time than any burst takes on a busy machine: deadlines are not what is raced for. */
export const PATIENT = {
  matching: { deadlineMs: 20_000 },
  upstreams: { itsme: { timeouts: { callMs: 20_000, totalMs: 40_000 } } },
}
