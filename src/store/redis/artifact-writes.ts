import type { Clock } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import { toArtifactBody } from './artifact-text.ts'
import { type Keys, keySegment } from './keys.ts'
import { toMilliseconds } from './time-to-live.ts'

/** How much longer an artifact is remembered as its grant's than it lives: the clocks of nodes differ. */
const GRANT_SLACK_MS = 60_000

/** An artifact on its way to Redis. Of the indexes, keys; `grantKey` leads to many. */
type Write = {
  readonly key: string
  readonly id: string
  readonly body: string
  readonly ttlMs: number
  readonly indexKeys: readonly string[]
  readonly grantKey: string | undefined
  readonly now: number
  readonly ends: number
}

const writeAtOnce = (link: RedisLink, write: Write): Promise<unknown> => {
  const { key, id, body, ttlMs, indexKeys, grantKey, now, ends } = write
  if (indexKeys.length === 0 && grantKey === undefined) return link.run(redis => redis.upsertArtifact(key, body, ttlMs))
  const grant = grantKey === undefined ? { keys: [], times: [] } : { keys: [grantKey], times: [now, ends] }
  const keys = [key, ...indexKeys, ...grant.keys]
  return link.run(redis => redis.upsertWithIndexes(keys.length, ...keys, body, ttlMs, id, ...grant.times))
}

/** All sent together; to one server the artifact goes last: what is found by its id, its grant can revoke. */
const writeInParts = (link: RedisLink, write: Write): Promise<unknown> => {
  const { key, id, body, ttlMs, indexKeys, grantKey, now, ends } = write
  return Promise.all([
    grantKey && link.run(redis => redis.addToGrant(grantKey, id, now, ends)),
    ...indexKeys.map(indexKey => link.run(redis => redis.set(indexKey, id, 'PX', ttlMs))),
    link.run(redis => redis.upsertArtifact(key, body, ttlMs)),
  ])
}

/** The ways to write and to destroy artifacts. */
export const createArtifactWrites = (
  link: RedisLink,
  keys: Keys,
  clock: Clock,
): Pick<ArtifactsPort, 'upsert' | 'destroy' | 'revokeByGrantId'> => {
  const writeIndexed = link.oneServer ? writeAtOnce : writeInParts

  const destroy: ArtifactsPort['destroy'] = async (model, id) => {
    await link.run(redis => redis.del(keys.artifact(model, id)))
  }

  const upsert: ArtifactsPort['upsert'] = async (model, id, payload, ttlSeconds, indexes) => {
    const ttlMs = toMilliseconds(ttlSeconds)
    if (ttlMs <= 0) return destroy(model, id)
    const { uid, userCode, grantId } = indexes
    const now = clock()
    await writeIndexed(link, {
      key: keys.artifact(model, id),
      id: keySegment(id),
      body: toArtifactBody(payload, indexes),
      ttlMs,
      indexKeys: [
        ...(uid === undefined ? [] : [keys.index('uid', model, uid)]),
        ...(userCode === undefined ? [] : [keys.index('userCode', model, userCode)]),
      ],
      grantKey: grantId === undefined ? undefined : keys.grant(model, grantId),
      now,
      ends: now + ttlMs + GRANT_SLACK_MS,
    })
  }

  const revokeByGrantId: ArtifactsPort['revokeByGrantId'] = async (model, grantId) => {
    const ids = await link.run(redis => redis.zrange(keys.grant(model, grantId), 0, -1))
    const destroyIfOfGrant = (id: string) =>
      link.run(redis => redis.destroyOfGrant(keys.artifactsOf(model) + id, keySegment(grantId)))
    await Promise.all(ids.map(destroyIfOfGrant))
  }

  return { upsert, destroy, revokeByGrantId }
}
