import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import { artifactKey, type Unit } from './unit.ts'

/**
 * Artifacts whose writes are gathered. Reads by id see them; whatever looks by something else, or revokes, sends them
 * first. Single use is decided by the store at once. Nothing read is kept: no request of a login reads one artifact
 * twice, and what is ended meanwhile must be seen.
 */
export const createGatheringArtifacts = (
  ports: { readonly artifacts: ArtifactsPort },
  current: () => Unit | undefined,
): ArtifactsPort => {
  const afterOwnWrites = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await current()?.writes.sendAll()
    return work()
  }

  const afterWriteOf = async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const unit = current()
    unit?.fetched.delete(key)
    if (unit?.writes.get(key) !== undefined) await unit.writes.sendAll()
    return work()
  }

  return {
    upsert: async (model, id, payload, ttlSeconds, indexes) => {
      const unit = current()
      const write = () => ports.artifacts.upsert(model, id, payload, ttlSeconds, indexes)
      if (unit === undefined) return write()
      const key = artifactKey(model, id)
      unit.fetched.delete(key)
      unit.writes.put(key, write, ttlSeconds > 0 ? payload : undefined)
    },

    destroy: async (model, id) => {
      const unit = current()
      const remove = () => ports.artifacts.destroy(model, id)
      if (unit === undefined) return remove()
      const key = artifactKey(model, id)
      unit.fetched.delete(key)
      unit.writes.put(key, remove)
    },

    find: async (model, id) => {
      const unit = current()
      const key = artifactKey(model, id)
      const own = unit?.writes.get(key)
      // Nothing is written again after it was consumed, so what is pending is not consumed.
      if (own !== undefined) return own.value === undefined ? undefined : { payload: own.value }
      const fetched = unit?.fetched.get(key)
      unit?.fetched.delete(key)
      return fetched ?? ports.artifacts.find(model, id)
    },

    insertOnce: (model, id, ttlSeconds) =>
      afterWriteOf(artifactKey(model, id), () => ports.artifacts.insertOnce(model, id, ttlSeconds)),
    consume: (model, id) => afterWriteOf(artifactKey(model, id), () => ports.artifacts.consume(model, id)),

    findByUid: (model, uid) => afterOwnWrites(() => ports.artifacts.findByUid(model, uid)),
    findByUserCode: (model, userCode) => afterOwnWrites(() => ports.artifacts.findByUserCode(model, userCode)),
    revokeByGrantId: (model, grantId) => afterOwnWrites(() => ports.artifacts.revokeByGrantId(model, grantId)),
  }
}
