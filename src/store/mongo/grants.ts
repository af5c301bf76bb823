import type { Clock, Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { GrantsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'
import type { Collections, GrantDocument } from './documents.ts'

const RETRIES = 3

const toArtifact = (found: GrantDocument | null): StoredArtifact | undefined =>
  found === null
    ? undefined
    : {
        payload: JSON.parse(found.payload) as Json,
        ...(found.consumedAt !== undefined && { consumedAt: found.consumedAt }),
      }

/** In an update pipeline a text is an expression (`$ne` a field) unless it is said to be meant literally. */
const literal = (value: string | undefined) => (value === undefined ? '$$REMOVE' : { $literal: value })

/**
 * Grants and refresh tokens on MongoDB. Whether one has expired is decided by the clock on every read; the TTL index
 * only clears away, a minute later by the server's clock.
 */
export const createGrants = ({ run, readOne }: Connection, { grants }: Collections, clock: Clock): GrantsPort => {
  const idOf = (model: string, id: string) => ({ _id: { $eq: { model, id } } })
  const endOf = (ttlSeconds: number) => new Date(clock() + ttlSeconds * 1000)
  const alive = () => ({ expiresAt: { $gt: new Date(clock()) } })
  // After a changed id, an older artifact may hold the same uid for a moment: the newest is meant.
  const findBy = (field: 'uid' | 'userCode', model: string, value: string) =>
    run(async () => {
      const filter = { [field]: { $eq: value }, '_id.model': { $eq: model }, ...alive() }
      return toArtifact(await grants.findOne(filter, { ...LIMIT, sort: { expiresAt: -1 } }))
    })

  return {
    upsert: (model, id, payload, ttlSeconds, indexes) =>
      run(async () => {
        // An expired artifact that was not cleared away yet hands down no consumption.
        const stillConsumed = { $cond: [{ $gt: ['$expiresAt', new Date(clock())] }, '$consumedAt', '$$REMOVE'] }
        const replacement = {
          payload: literal(JSON.stringify(payload)),
          expiresAt: endOf(ttlSeconds),
          consumedAt: stillConsumed,
          grantId: literal(indexes.grantId),
          uid: literal(indexes.uid),
          userCode: literal(indexes.userCode),
        }
        const write = () => grants.updateOne(idOf(model, id), [{ $set: replacement }], { ...LIMIT, upsert: true })
        await retrying(RETRIES, isDuplicate, write)
      }),

    insertOnce: (model, id, ttlSeconds) =>
      run(async () => {
        // Replaces an expired one; a live one does not match, and inserting beside it is refused as a duplicate.
        const filter = { ...idOf(model, id), expiresAt: { $lte: new Date(clock()) } }
        const fresh = { payload: '{}', expiresAt: endOf(ttlSeconds) }
        try {
          await grants.replaceOne(filter, fresh, { ...LIMIT, upsert: true })
          return true
        } catch (error) {
          if (isDuplicate(error)) return false
          throw error
        }
      }),

    find: async (model, id) => toArtifact(await readOne(grants, { ...idOf(model, id), ...alive() })),

    findByUid: (model, uid) => findBy('uid', model, uid),

    findAllByUid: (model, uid, limit) =>
      run(async () => {
        const filter = { uid: { $eq: uid }, '_id.model': { $eq: model }, ...alive() }
        const found = await grants.find(filter, { ...LIMIT, sort: { expiresAt: -1 }, limit }).toArray()
        return found.map(one => toArtifact(one) as StoredArtifact)
      }),

    findByUserCode: (model, userCode) => findBy('userCode', model, userCode),

    consume: (model, id) =>
      run(async () => {
        const unused = { ...idOf(model, id), consumedAt: { $exists: false }, ...alive() }
        const { modifiedCount } = await grants.updateOne(unused, { $set: { consumedAt: clock() } }, LIMIT)
        return modifiedCount === 1
      }),

    destroy: (model, id) =>
      run(async () => {
        await grants.deleteOne(idOf(model, id), LIMIT)
      }),

    revokeByGrantId: (model, grantId) =>
      run(async () => {
        await grants.deleteMany({ grantId: { $eq: grantId }, '_id.model': { $eq: model } }, LIMIT)
      }),
  }
}
