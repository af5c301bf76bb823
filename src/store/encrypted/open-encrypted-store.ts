import type { KekConfig } from '#src/crypto/kek/config.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { type Keyring, openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { hasSharedKeys } from '#src/crypto/keyring/shared-keys.ts'
import type { CustomerChange, CustomersPort } from '#src/store/ports/customers.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore, type StoreConfig, type StoreDeps } from '#src/store/registry.ts'
import { createSealChange } from './customers.ts'
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

const openParts = async (
  config: EncryptedStoreConfig,
  deps: EncryptedStoreDeps,
): Promise<{ raw: Store; keyring: Keyring }> => {
  const raw = await openStore(config.store, deps)
  try {
    const make = deps.makeKek && !(await hasSharedKeys(raw.dataKeys))
    const kek = await openKek(config.kek, { dataDir: deps.dataDir, make })
    const { clock, onKekTrouble: onTrouble } = deps
    return { raw, keyring: await openKeyring({ dataKeys: raw.dataKeys, kek, clock, onTrouble }) }
  } catch (error) {
    await raw.close()
    throw error
  }
}

/**
 * Opens the configured store, its keys and the key-encryption key: what everything but a migration works on.
 * @throws PiasError `store.unusable`, `config.unreadable` or `config.invalid` with one line that says what to do;
 *   `store.unavailable` when the store or the key-encryption key does not answer
 */
export const openEncryptedStore = async (config: EncryptedStoreConfig, deps: EncryptedStoreDeps): Promise<Store> => {
  const { raw, keyring } = await openParts(config, deps)
  return encryptStore(raw, keyring)
}

/** A store as an import has it: sealing, which threads do beside each other, apart from writing, which one does. */
export type FeedStore = {
  readonly store: Store
  readonly sealChange: (change: CustomerChange) => CustomerChange
  /** Writes what was sealed already; else as {@link CustomersPort.write}. */
  readonly writeSealed: CustomersPort['write']
}

/** Opens the configured store for an import. @throws as {@link openEncryptedStore} */
export const openFeedStore = async (config: EncryptedStoreConfig, deps: EncryptedStoreDeps): Promise<FeedStore> => {
  const { raw, keyring } = await openParts(config, { ...deps, bulk: true })
  return {
    store: encryptStore(raw, keyring),
    sealChange: createSealChange(keyring),
    writeSealed: raw.customers.write,
  }
}
