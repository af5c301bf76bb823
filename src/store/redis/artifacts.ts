import type { Clock } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import { parseArtifact, toArtifactBody, toConsumedAt } from './artifact-text.ts'
import { createArtifactWrites } from './artifact-writes.ts'
import type { FailoverQuarantine } from './failover-quarantine.ts'
import { type Keys, keySegment } from './keys.ts'
import { toMilliseconds } from './time-to-live.ts'

const createSingleUse = (
  link: RedisLink,
  keys: Keys,
  deps: { clock: Clock; quarantine: FailoverQuarantine },
): Pick<ArtifactsPort, 'consume' | 'insertOnce'> => {
  const { clock, quarantine } = deps

  const consume: ArtifactsPort['consume'] = async (model, id) => {
    const consumedAt = toConsumedAt(clock())
    return (await link.run(redis => redis.consumeArtifact(keys.artifact(model, id), consumedAt))) === 1
  }

  const insertOnce: ArtifactsPort['insertOnce'] = async (model, id, ttlSeconds) => {
    const ttlMs = toMilliseconds(ttlSeconds)
    if (quarantine.covers(ttlMs)) return false
    if (ttlMs <= 0) return true
    const body = toArtifactBody({}, {})
    const stamps = quarantine.stamps()
    const result = await link.run(redis => redis.insertArtifact(keys.artifact(model, id), body, ttlMs, stamps))
    if (typeof result === 'number') return result === 1
    // Another server than the last time: nothing was written. Once it is known, the quarantine decides.
    await quarantine.observe(result)
    return insertOnce(model, id, ttlSeconds)
  }

  return { consume, insertOnce }
}

const createReads = (link: RedisLink, keys: Keys): Pick<ArtifactsPort, 'find' | 'findByUid' | 'findByUserCode'> => {
  const read = (model: string, segment: string) => link.run(redis => redis.get(keys.artifactsOf(model) + segment))

  const throughIndex = async (indexKey: string, model: string) => {
    if (link.oneServer) return link.run(redis => redis.findByIndex(indexKey, keys.artifactsOf(model)))
    const segment = await link.run(redis => redis.get(indexKey))
    return segment === null ? null : read(model, segment)
  }

  const findBy = async (kind: 'uid' | 'userCode', model: string, value: string) => {
    const stored = await throughIndex(keys.index(kind, model, value), model)
    if (stored === null) return undefined
    const found = parseArtifact(stored)
    // The index outlives a replacement that no longer has it.
    return found[kind] === keySegment(value) ? found.artifact : undefined
  }

  return {
    find: async (model, id) => {
      const stored = await read(model, keySegment(id))
      return stored === null ? undefined : parseArtifact(stored).artifact
    },
    findByUid: (model, uid) => findBy('uid', model, uid),
    findByUserCode: (model, userCode) => findBy('userCode', model, userCode),
  }
}

/** oidc-provider's artifacts on Redis: one string each, with indexes that expire by themselves. */
export const createArtifacts = (
  link: RedisLink,
  deps: { keys: Keys; clock: Clock; quarantine: FailoverQuarantine },
): ArtifactsPort => ({
  ...createArtifactWrites(link, deps.keys, deps.clock),
  ...createSingleUse(link, deps.keys, deps),
  ...createReads(link, deps.keys),
})
