import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** What requests are counted by. */
export const SUBJECTS = ['address', 'network', 'client', 'account'] as const
export type Subject = (typeof SUBJECTS)[number]

/** How many requests a minute are let through, by what they are counted by. */
type RateLimits = Readonly<Record<Subject, number>>

/** Counts requests and says whether there are too many; nobody waits for it. */
export type RateLimiter = {
  /** Counts one. @returns whether it is within the limit */
  count(subject: Subject, id: string): boolean
  /** Whether the limit is reached, without counting. */
  isReached(subject: Subject, id: string): boolean
  /** @returns seconds until the minute is over, when all are let through again: whole, rounded up, 60 at most */
  secondsLeft(): number
  /** Tells the store what was counted here, and learns what was counted elsewhere. */
  readonly job: Job
}

const WINDOW_MS = 60_000
const FLUSH_EVERY_MS = 1000
/** Below this share of a limit a node counts for itself: ten nodes together are at the limit at most. */
const TOLD_FROM = 0.1
/** How much of a limit a node allows while it does not know what the others count. */
const ALONE = 0.25
/** Counters in memory; beyond, the oldest is forgotten, so that made-up addresses fill nothing up. */
const MOST_COUNTERS = 100_000

/** `own`: counted here; `told`: of these, what the store knows; `elsewhere`: what other nodes told it. */
type Counter = { readonly subject: Subject; own: number; told: number; elsewhere: number }

/**
 * Limits of requests, over all nodes. They are counted in memory, by minutes of the clock, and told to the store once a
 * second in the background, so a request costs no command and waits for nothing; who is far from a limit is never told
 * at all. While the store is away each node allows a quarter (ADR 0048).
 * @param deps.refused told of every request that is beyond a limit
 */
export const createRateLimiter = (deps: {
  limits: Pick<LimitsPort, 'hit'>
  perMinute: RateLimits
  refused?: (subject: Subject) => void
  clock: Clock
}): RateLimiter => {
  const { limits, perMinute, refused = () => {}, clock } = deps
  let counters = new Map<string, Counter>()
  let minute = 0
  let alone = false

  const counterOf = (subject: Subject, id: string): Counter => {
    const now = Math.floor(clock() / WINDOW_MS)
    if (now !== minute) {
      minute = now
      counters = new Map()
    }
    const key = `rate:${subject}:${minute}:${id}`
    const known = counters.get(key)
    if (known !== undefined) return known
    if (counters.size >= MOST_COUNTERS) counters.delete(counters.keys().next().value ?? '')
    const counter = { subject, own: 0, told: 0, elsewhere: 0 }
    counters.set(key, counter)
    return counter
  }

  const maxOf = (subject: Subject): number => perMinute[subject] * (alone ? ALONE : 1)

  const tell = async (key: string, counter: Counter): Promise<void> => {
    const more = counter.own - counter.told
    // Two minutes, for nodes whose clocks differ.
    const all = await limits.hit(key, (2 * WINDOW_MS) / 1000, more)
    counter.told += more
    counter.elsewhere = all - counter.told
  }

  const flush = async (): Promise<void> => {
    const due = [...counters].filter(
      ([, { subject, own, told }]) => own > told && own >= perMinute[subject] * TOLD_FROM,
    )
    if (due.length === 0) return
    const results = await Promise.allSettled(due.map(([key, counter]) => tell(key, counter)))
    alone = results.some(({ status }) => status === 'rejected')
  }

  return {
    count: (subject, id) => {
      const counter = counterOf(subject, id)
      counter.own += 1
      const isWithin = counter.own + counter.elsewhere <= maxOf(subject)
      if (!isWithin) refused(subject)
      return isWithin
    },
    isReached: (subject, id) => {
      const { own, elsewhere } = counterOf(subject, id)
      const isReached = own + elsewhere >= maxOf(subject)
      if (isReached) refused(subject)
      return isReached
    },
    secondsLeft: () => Math.ceil((WINDOW_MS - (clock() % WINDOW_MS)) / 1000),
    job: { name: 'rate limits', everyMs: FLUSH_EVERY_MS, run: flush },
  }
}
