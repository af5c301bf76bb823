import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import type { Keys } from './keys.ts'
import { toMilliseconds } from './time-to-live.ts'

/** Counters of attempts on Redis. */
export const createLimits = (link: RedisLink, keys: Keys): LimitsPort => ({
  hit: async (key, windowSeconds, count = 1) => {
    const windowMs = toMilliseconds(windowSeconds)
    return windowMs <= 0 ? count : link.run(redis => redis.hitLimit(keys.limit(key), windowMs, count))
  },
})
