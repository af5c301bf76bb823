import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ExpiringStore } from '#src/store/ports/store.ts'
import { connectToRedis, type RedisLink } from '#src/store/redis/connection/connect.ts'
import { createArtifacts } from './artifacts.ts'
import { createAttempts } from './attempts.ts'
import { type RedisConfig, redisConfigSchema } from './config.ts'
import { createFailoverQuarantine } from './failover-quarantine.ts'
import { createKeys } from './keys.ts'
import { createLimits } from './limits.ts'

/** The expiring half of a store. `ping` rejects with `store.unavailable` when a write would fail; `close` ends it. */
export type RedisStore = ExpiringStore & {
  ping(): Promise<void>
  close(): Promise<void>
}

/** A server that evicts keys when its memory is full could forget that an assertion was used. */
const refuseEviction = async (link: RedisLink): Promise<void> => {
  const policies = (await link.infoOfAll('memory')).map(info => /^maxmemory_policy:(\S+)/m.exec(info)?.[1])
  const evicting = policies.find(policy => policy !== undefined && policy !== 'noeviction')
  if (evicting === undefined) return
  throw new PiasError('store.unusable', `Redis evicts keys (maxmemory-policy ${evicting}): set it to noeviction`)
}

/**
 * Opens the expiring store on Redis 7+ or Valkey: one server, Sentinel or Cluster (`redisConfigSchema`). Times to live
 * are counted by the server; `clock` only dates what is consumed.
 * @throws PiasError `store.unavailable` where nothing answers within seconds; `store.unusable` where the user is refused
 *   or the server would evict keys
 */
export const openRedisStore = async (
  input: Omit<RedisConfig, 'keyPrefix'> & Partial<Pick<RedisConfig, 'keyPrefix'>> & { clock: Clock },
): Promise<RedisStore> => {
  const { clock, ...config } = input
  const parsed = redisConfigSchema.parse(config)
  const link = await connectToRedis(parsed)
  const keys = createKeys(parsed.keyPrefix)
  const quarantine = createFailoverQuarantine(link, keys)
  try {
    await refuseEviction(link)
    await quarantine.observe()
  } catch (error) {
    await link.close()
    throw error
  }
  // A failure is found out again by the next insertion.
  link.onReconnected(() => void quarantine.observe().catch(() => undefined))
  return {
    artifacts: createArtifacts(link, { keys, clock, quarantine }),
    attempts: createAttempts(link, keys),
    limits: createLimits(link, keys),
    ping: () => quarantine.observe(),
    close: link.close,
  }
}
