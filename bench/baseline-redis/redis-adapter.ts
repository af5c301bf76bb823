// FROZEN (see README.md): never to be optimised or changed.
import type { Redis } from 'ioredis'
import type { Adapter, AdapterPayload } from 'oidc-provider'

const CONSUMABLE = new Set(['AuthorizationCode', 'RefreshToken'])
const OF_A_GRANT = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken'])

const keyOf = (model: string, id: string): string => `baseline:${model}:${id}`
const uidKeyOf = (uid: string): string => `baseline:uid:${uid}`
const grantKeyOf = (grantId: string): string => `baseline:grant:${grantId}`

const createFind =
  (redis: Redis, model: string) =>
  async (id: string): Promise<AdapterPayload | undefined> => {
    if (!CONSUMABLE.has(model)) {
      const text = await redis.get(keyOf(model, id))
      return text === null ? undefined : (JSON.parse(text) as AdapterPayload)
    }
    const { payload, consumed } = await redis.hgetall(keyOf(model, id))
    if (payload === undefined) return undefined
    return { ...(JSON.parse(payload) as AdapterPayload), ...(consumed === undefined ? {} : { consumed }) }
  }

const createUpsert =
  (redis: Redis, model: string) =>
  async (id: string, payload: AdapterPayload, expiresIn: number): Promise<void> => {
    const key = keyOf(model, id)
    const text = JSON.stringify(payload)
    const transaction = redis.multi()
    if (CONSUMABLE.has(model)) transaction.hset(key, { payload: text })
    else transaction.set(key, text)
    transaction.expire(key, expiresIn)
    if (OF_A_GRANT.has(model) && payload.grantId !== undefined) {
      const grantKey = grantKeyOf(payload.grantId)
      transaction.rpush(grantKey, key)
      // The list must outlive the longest of its members.
      if (expiresIn > (await redis.ttl(grantKey))) transaction.expire(grantKey, expiresIn)
    }
    if (payload.uid !== undefined) {
      transaction.set(uidKeyOf(payload.uid), id)
      transaction.expire(uidKeyOf(payload.uid), expiresIn)
    }
    await transaction.exec()
  }

const createModelAdapter = (redis: Redis, model: string): Adapter => {
  const find = createFind(redis, model)
  return {
    find,
    upsert: createUpsert(redis, model),
    findByUid: async uid => {
      const id = await redis.get(uidKeyOf(uid))
      return id === null ? undefined : find(id)
    },
    findByUserCode: async () => undefined, // no device flow here
    consume: async id => {
      await redis.hset(keyOf(model, id), { consumed: Math.floor(Date.now() / 1000) })
    },
    destroy: async id => {
      await redis.del(keyOf(model, id))
    },
    revokeByGrantId: async grantId => {
      const transaction = redis.multi()
      for (const key of await redis.lrange(grantKeyOf(grantId), 0, -1)) transaction.del(key)
      transaction.del(grantKeyOf(grantId))
      await transaction.exec()
    },
  }
}

/** An oidc-provider adapter on Redis. Of two parallel uses of a code both may pass: `find` and `consume` are two steps. */
export const createRedisAdapter = (redis: Redis): ((model: string) => Adapter) => {
  const models = new Map<string, Adapter>()
  return model => {
    const adapter = models.get(model) ?? createModelAdapter(redis, model)
    models.set(model, adapter)
    return adapter
  }
}
