// FROZEN (see README.md): never to be optimised or changed.
import type { Adapter, AdapterPayload } from 'oidc-provider'

type Entry = { readonly payload: AdapterPayload; readonly expiresAt: number }

const createModelAdapter = (): Adapter => {
  const entries = new Map<string, Entry>()
  const idByUid = new Map<string, string>()

  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const entry = entries.get(id)
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined
  }

  return {
    find,
    findByUid: uid => find(idByUid.get(uid) ?? ''),
    findByUserCode: async () => undefined, // no device flow here
    upsert: async (id, payload, expiresIn = Number.POSITIVE_INFINITY) => {
      if (payload.uid !== undefined) idByUid.set(payload.uid, id)
      entries.set(id, { payload, expiresAt: Date.now() + expiresIn * 1000 })
    },
    consume: async id => {
      const entry = entries.get(id)
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000)
    },
    destroy: async id => {
      entries.delete(id)
    },
    revokeByGrantId: async grantId => {
      for (const [id, entry] of entries) if (entry.payload.grantId === grantId) entries.delete(id)
    },
  }
}

/** An oidc-provider adapter of plain Maps. Nothing is swept: the process lives for one run of the benchmark. */
export const createMapAdapter = (): ((model: string) => Adapter) => {
  const models = new Map<string, Adapter>()
  return model => {
    const adapter = models.get(model) ?? createModelAdapter()
    models.set(model, adapter)
    return adapter
  }
}
