import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { ArtifactIndexes, ArtifactsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import type { FailoverQuarantine } from './failover-quarantine.ts'
import { type Keys, keySegment } from './keys.ts'
import { CONSUMED_LENGTH, HEADER_LENGTH, STAMP_LENGTH } from './scripts.ts'
import { toMilliseconds } from './time-to-live.ts'

/** How much longer an artifact is remembered as its grant's than it lives: the clocks of nodes differ. */
const GRANT_SLACK_MS = 60_000

/** The artifact but for its header: the key segments of its indexes (a missing one is empty), then its payload. */
const toBody = (payload: Json, { grantId, uid, userCode }: ArtifactIndexes): string => {
  const segments = [grantId, uid, userCode].map(index => (index === undefined ? '' : keySegment(index)))
  return `${segments.join(' ')}\n${JSON.stringify(payload)}`
}

/** Reads an artifact as `scripts.ts` describes it. */
const parse = (stored: string) => {
  const end = stored.indexOf('\n')
  const [, uid, userCode] = stored.slice(HEADER_LENGTH, end).split(' ')
  const consumedAt = stored.slice(STAMP_LENGTH, HEADER_LENGTH).trim()
  const artifact: StoredArtifact = {
    payload: JSON.parse(stored.slice(end + 1)) as Json,
    ...(consumedAt !== '' && { consumedAt: Number(consumedAt) }),
  }
  return { artifact, uid, userCode }
}

const createWrites = (link: RedisLink, keys: Keys, clock: Clock) => {
  const index = (kind: 'uid' | 'userCode', model: string, value: string | undefined, id: string, ttlMs: number) =>
    value === undefined ? undefined : link.run(redis => redis.set(keys.index(kind, model, value), id, 'PX', ttlMs))

  const addToGrant = (model: string, grantId: string | undefined, id: string, ttlMs: number) => {
    if (grantId === undefined) return undefined
    const now = clock()
    const end = now + ttlMs + GRANT_SLACK_MS
    return link.run(redis => redis.addToGrant(keys.grant(model, grantId), now, end, id))
  }

  const destroy: ArtifactsPort['destroy'] = async (model, id) => {
    await link.run(redis => redis.del(keys.artifact(model, id)))
  }

  const upsert: ArtifactsPort['upsert'] = async (model, id, payload, ttlSeconds, indexes) => {
    const ttlMs = toMilliseconds(ttlSeconds)
    if (ttlMs <= 0) return destroy(model, id)
    const segment = keySegment(id)
    // One pipeline, the artifact last: what can be found by its id can be revoked by its grant.
    await Promise.all([
      addToGrant(model, indexes.grantId, segment, ttlMs),
      index('uid', model, indexes.uid, segment, ttlMs),
      index('userCode', model, indexes.userCode, segment, ttlMs),
      link.run(redis => redis.upsertArtifact(keys.artifact(model, id), toBody(payload, indexes), ttlMs)),
    ])
  }

  const revokeByGrantId: ArtifactsPort['revokeByGrantId'] = async (model, grantId) => {
    const ids = await link.run(redis => redis.zrange(keys.grant(model, grantId), 0, -1))
    const destroyIfOfGrant = (id: string) =>
      link.run(redis => redis.destroyOfGrant(keys.artifactsOf(model) + id, keySegment(grantId)))
    await Promise.all(ids.map(destroyIfOfGrant))
  }

  return { upsert, destroy, revokeByGrantId }
}

const createSingleUse = (link: RedisLink, keys: Keys, clock: Clock, quarantine: FailoverQuarantine) => {
  const consume: ArtifactsPort['consume'] = async (model, id) => {
    const consumedAt = String(clock()).padStart(CONSUMED_LENGTH, '0')
    return (await link.run(redis => redis.consumeArtifact(keys.artifact(model, id), consumedAt))) === 1
  }

  const insertOnce: ArtifactsPort['insertOnce'] = async (model, id, ttlSeconds) => {
    const ttlMs = toMilliseconds(ttlSeconds)
    if (quarantine.covers(ttlMs)) return false
    if (ttlMs <= 0) return true
    const body = toBody({}, {})
    const stamps = quarantine.stamps()
    const result = await link.run(redis => redis.insertArtifact(keys.artifact(model, id), body, ttlMs, stamps))
    if (typeof result === 'number') return result === 1
    // Another server than the last time: nothing was written. Once it is known, the quarantine decides.
    await quarantine.observe(result)
    return insertOnce(model, id, ttlSeconds)
  }

  return { consume, insertOnce }
}

const createReads = (link: RedisLink, keys: Keys) => {
  const read = (model: string, segment: string) => link.run(redis => redis.get(keys.artifactsOf(model) + segment))

  const throughIndex = async (indexKey: string, model: string) => {
    if (link.oneServer) return link.run(redis => redis.findByIndex(indexKey, keys.artifactsOf(model)))
    const segment = await link.run(redis => redis.get(indexKey))
    return segment === null ? null : read(model, segment)
  }

  const findBy = async (kind: 'uid' | 'userCode', model: string, value: string) => {
    const stored = await throughIndex(keys.index(kind, model, value), model)
    if (stored === null) return undefined
    const found = parse(stored)
    // The index outlives a replacement that no longer has it.
    return found[kind] === keySegment(value) ? found.artifact : undefined
  }

  return {
    find: async (model: string, id: string) => {
      const stored = await read(model, keySegment(id))
      return stored === null ? undefined : parse(stored).artifact
    },
    findByUid: (model: string, uid: string) => findBy('uid', model, uid),
    findByUserCode: (model: string, userCode: string) => findBy('userCode', model, userCode),
  }
}

/** oidc-provider's artifacts on Redis: one string each, with indexes that expire by themselves. */
export const createArtifacts = (
  link: RedisLink,
  deps: { keys: Keys; clock: Clock; quarantine: FailoverQuarantine },
): ArtifactsPort => {
  const { keys, clock, quarantine } = deps
  return {
    ...createWrites(link, keys, clock),
    ...createSingleUse(link, keys, clock, quarantine),
    ...createReads(link, keys),
  }
}
