import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import type { Keys } from './keys.ts'
import { toMilliseconds } from './time-to-live.ts'

/** A version, a line break, the data: so that a script can compare the version without reading JSON. */
const toText = (version: number, data: Json): string => `${version}\n${JSON.stringify(data)}`

/** Login attempts on Redis. */
export const createAttempts = (link: RedisLink, keys: Keys): AttemptsPort => ({
  create: async (uid, data, ttlSeconds) => {
    const ttlMs = toMilliseconds(ttlSeconds)
    if (ttlMs <= 0) return 1
    const created = await link.run(redis => redis.set(keys.attempt(uid), toText(1, data), 'PX', ttlMs, 'NX'))
    if (created === null) throw new PiasError('server.failed', 'a login attempt with this id exists already')
    return 1
  },

  find: async uid => {
    const stored = await link.run(redis => redis.get(keys.attempt(uid)))
    if (stored === null) return undefined
    const end = stored.indexOf('\n')
    return { version: Number(stored.slice(0, end)), data: JSON.parse(stored.slice(end + 1)) as Json }
  },

  transition: async (uid, version, data) => {
    const text = toText(version + 1, data)
    const moved = await link.run(redis => redis.transitionAttempt(keys.attempt(uid), version, text))
    return moved === 1 ? 'ok' : 'stale'
  },
})
