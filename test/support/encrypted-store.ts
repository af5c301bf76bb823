import { join } from 'node:path'
import { openKek } from '#src/crypto/kek/registry.ts'
import { type Keyring, openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { encryptStore } from '#src/store/encrypted/encrypt-store.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import type { Store } from '#src/store/ports/store.ts'

/** The keyring of a store, under a key-encryption key in a file of this folder. */
export const openTestKeyring = async (deps: {
  dataKeys: DataKeysPort
  clock: Clock
  dir: string
}): Promise<Keyring> => {
  const kek = await openKek({ kind: 'file', file: join(deps.dir, 'kek') }, { dataDir: deps.dir, make: true })
  return openKeyring({ dataKeys: deps.dataKeys, kek, clock: deps.clock })
}

/** Wraps an open store as a node does. */
export const encryptTestStore = async (store: Store, deps: { clock: Clock; dir: string }): Promise<Store> =>
  encryptStore(store, await openTestKeyring({ dataKeys: store.dataKeys, ...deps }))
