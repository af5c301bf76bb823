import { createRandom } from '#examples/customer-data/random.ts'
import type { Stores, TrippedServer } from '#test/support/servers/start-stores.ts'

/**
 * `kill`: gone until the login has ended one way or the other. `restart`: killed and started again at once. `pause`:
 * stopped where it is until the login has ended, then it does what it was told meanwhile.
 */
const KINDS = ['kill', 'restart', 'pause'] as const

/** One fault: what happens to which server, and when. */
export type Fault = {
  readonly server: 'mongo' | 'redis'
  readonly kind: (typeof KINDS)[number]
  /** Where in a login, as a share of the messages that the server gets of one. */
  readonly at: number
  readonly when: 'before' | 'after'
  /** Whether the app sends each code and refresh token twice, at once. */
  readonly hasty: boolean
}

/** The same faults for the same seed. */
export const planFaults = (seed: string, count: number): Fault[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => ({
    server: random.pick(['mongo', 'redis'] as const),
    kind: random.pick(KINDS),
    at: random.next(),
    when: random.pick(['before', 'after'] as const),
    hasty: random.chance(0.5),
  }))
}

const strike = (server: TrippedServer, kind: Fault['kind']): (() => Promise<void>) => {
  if (kind === 'pause') {
    server.pause()
    return async () => server.resume()
  }
  server.kill()
  if (kind === 'kill') return () => server.restart()
  const restarted = server.restart()
  return () => restarted
}

/**
 * Lets the fault happen in the middle of a login, and mends it when that login has ended. One that has ended before, as
 * some need fewer messages than others, is followed by another.
 * @param messages how many the server gets of a login, about
 */
export const during = async (stores: Stores, fault: Fault, messages: number, logIn: () => Promise<unknown>) => {
  const { server: name, kind, at, when } = fault
  const server = stores[name]
  let mend: (() => Promise<void>) | undefined
  const onTrip = () => {
    mend = strike(server, kind)
  }
  server.wire.arm({ after: 1 + Math.floor(at * messages), when, onTrip })
  try {
    while (mend === undefined) await logIn()
  } finally {
    server.wire.disarm()
    await mend?.()
  }
}
