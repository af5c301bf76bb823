import type { KekConfig } from '#src/crypto/kek/config.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { hasSharedKeys } from '#src/crypto/keyring/shared-keys.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore, type StoreConfig, type StoreDeps } from '#src/store/registry.ts'
import { encryptStore } from './encrypt-store.ts'

/** What is configured of a store that encrypts what it keeps. */
export type EncryptedStoreConfig = { readonly store: StoreConfig; readonly kek: KekConfig }

/** `makeKek` lets a key-encryption key be made where it is missing: in development. */
export type EncryptedStoreDeps = StoreDeps & {
  readonly dataDir: string
  readonly makeKek: boolean
  /** Told when the key-encryption key does not answer while the store is open. */
  readonly onKekTrouble?: (error: unknown) => void
}

/**
 * Opens the configured store, its keys and the key-encryption key: what everything but a migration works on.
 * @throws PiasError `store.unusable`, `config.unreadable` or `config.invalid` with one line that says what to do;
 *   `store.unavailable` when the store or the key-encryption key does not answer
 */
export const openEncryptedStore = async (config: EncryptedStoreConfig, deps: EncryptedStoreDeps): Promise<Store> => {
  const store = await openStore(config.store, deps)
  try {
    const make = deps.makeKek && !(await hasSharedKeys(store.dataKeys))
    const kek = await openKek(config.kek, { dataDir: deps.dataDir, make })
    const { clock, onKekTrouble: onTrouble } = deps
    const keyring = await openKeyring({ dataKeys: store.dataKeys, kek, clock, onTrouble })
    return encryptStore(store, keyring)
  } catch (error) {
    await store.close()
    throw error
  }
}
