import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import type { Keys } from './keys.ts'
import { toMilliseconds } from './time-to-live.ts'

/** Counters of attempts on Redis. */
export const createLimits = (link: RedisLink, keys: Keys): LimitsPort => {
  const hitTimed: LimitsPort['hitTimed'] = async (key, windowSeconds, count = 1) => {
    const windowMs = toMilliseconds(windowSeconds)
    if (windowMs <= 0) return { hits: count, leftSeconds: 0 }
    const [hits, leftMs] = await link.run(redis => redis.hitLimit(keys.limit(key), windowMs, count))
    // Redis rounds the last millisecond down; the window is not over yet.
    return { hits, leftSeconds: Math.max(1, Math.ceil(leftMs / 1000)) }
  }

  return { hitTimed, hit: async (...values) => (await hitTimed(...values)).hits }
}
