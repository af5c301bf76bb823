import { randomBytes } from 'node:crypto'
import { createSealer, KEY_BYTES, type Sealer } from '#src/crypto/envelope/sealer.ts'
import { createBoundedCache } from '#src/kernel/bounded-cache.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'

/** Some 8 MB of keys at most; a login asks for its account's three times within seconds. */
const MOST_CACHED = 5_000
/** How long another node may keep the key of an account that was erased. */
const CACHED_MS = 5 * 60 * 1000

/** The data keys of accounts. */
export type AccountKeys = {
  /** A new key for an account that is about to be opened: `wrapped` goes into the store with it. */
  make(accountId: string): { readonly sealer: Sealer; readonly wrapped: string }
  /**
   * The key of an account; undefined where there is none, as after its erasure.
   * @param read gives it as it is wrapped, for whoever reads the account anyway; asked only where the key is not known
   */
  of(accountId: string, read?: () => Promise<string | undefined>): Promise<Sealer | undefined>
  /** The keys of accounts, those that are not known fetched at once; whose account has none is absent. */
  ofMany(accountIds: readonly string[]): Promise<ReadonlyMap<string, Sealer>>
  /** Takes over the key of an account that was opened, so that it need not be fetched. */
  keep(accountId: string, sealer: Sealer): void
  forget(accountId: string): void
}

/** @param wrapping seals the accounts' keys, so that no account costs a call of the key-encryption key */
export const createAccountKeys = (dataKeys: Pick<DataKeysPort, 'ofAccounts'>, wrapping: Sealer): AccountKeys => {
  const cache = createBoundedCache<string, Promise<Sealer | undefined>>({ max: MOST_CACHED, maxAgeMs: CACHED_MS })
  const context = (accountId: string) => ['accounts', 'data_key', accountId]

  const unwrap = (accountId: string, wrapped: string | undefined): Sealer | undefined =>
    wrapped === undefined
      ? undefined
      : createSealer(Buffer.from(wrapping.open(context(accountId), wrapped), 'base64url'))

  const fetch = async (accountId: string): Promise<string | undefined> =>
    (await dataKeys.ofAccounts([accountId])).get(accountId)

  /** Known before it is there, so that what is forgotten meanwhile stays forgotten; only what is there is remembered. */
  const remember = async (accountId: string, wrapped: Promise<string | undefined>): Promise<Sealer | undefined> => {
    const unwrapping = wrapped.then(key => unwrap(accountId, key))
    cache.set(accountId, unwrapping)
    const sealer = await unwrapping.catch(error => {
      cache.delete(accountId)
      throw error
    })
    // An account may be opened the next moment.
    if (sealer === undefined) cache.delete(accountId)
    return sealer
  }

  return {
    make: accountId => {
      const key = randomBytes(KEY_BYTES)
      return { sealer: createSealer(key), wrapped: wrapping.seal(context(accountId), key.toString('base64url')) }
    },

    of: async (accountId, read = () => fetch(accountId)) => cache.get(accountId) ?? remember(accountId, read()),

    ofMany: async accountIds => {
      const known = new Map([...new Set(accountIds)].map(id => [id, cache.get(id)]))
      const missing = [...known].flatMap(([id, sealer]) => (sealer === undefined ? [id] : []))
      if (missing.length > 0) {
        const fetching = dataKeys.ofAccounts(missing)
        const read = async (id: string) => (await fetching).get(id)
        for (const id of missing) known.set(id, remember(id, read(id)))
      }
      const found = await Promise.all([...known].map(async ([id, sealer]) => [id, await sealer] as const))
      return new Map(found.flatMap(([id, sealer]) => (sealer === undefined ? [] : [[id, sealer]])))
    },

    keep: (accountId, sealer) => cache.set(accountId, Promise.resolve(sealer)),
    forget: accountId => cache.delete(accountId),
  }
}
