import { type BlindIndex, type BlindIndexName, createBlindIndexes } from '#src/crypto/envelope/blind-index.ts'
import { createDailySealer } from '#src/crypto/envelope/daily-sealer.ts'
import { createSealer, type Sealer } from '#src/crypto/envelope/sealer.ts'
import type { KeyEncryption } from '#src/crypto/kek/port.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import { type AccountKeys, createAccountKeys } from './account-keys.ts'
import { CUSTOMER_BUCKETS, loadSharedKeys, type Purpose } from './shared-keys.ts'

/** Everything a store needs to encrypt what it keeps, in memory: but for accounts' keys nothing is fetched. */
export type Keyring = {
  readonly accounts: AccountKeys
  readonly sealers: Readonly<Record<Exclude<Purpose, 'accounts' | 'index'>, Sealer>>
  /** The sealer of a customer record, by the token of its id. */
  customerSealer(token: string): Sealer
  readonly index: Readonly<Record<BlindIndexName, BlindIndex>>
}

/**
 * Unwraps the shared keys and makes the keyring of a node.
 * @throws PiasError `store.unusable` when they were wrapped by another key-encryption key, `store.unavailable` when it or
 *   the store does not answer
 */
export const openKeyring = async (deps: {
  dataKeys: DataKeysPort
  kek: KeyEncryption
  clock: Clock
}): Promise<Keyring> => {
  const keys = await loadSharedKeys(deps)
  const keyOf = (name: string) => keys.get(name) as Uint8Array
  const daily = (purpose: Purpose) => createDailySealer(keyOf(purpose), deps.clock)
  const buckets = Array.from({ length: CUSTOMER_BUCKETS }, (_, n) => createSealer(keyOf(`customers:${n}`)))
  return {
    accounts: createAccountKeys(deps.dataKeys, createSealer(keyOf('accounts'))),
    sealers: {
      audit: daily('audit'),
      keys: createSealer(keyOf('keys')),
      grants: daily('grants'),
      artifacts: daily('artifacts'),
      attempts: daily('attempts'),
    },
    customerSealer: token => buckets[token.charCodeAt(0) % CUSTOMER_BUCKETS] as Sealer,
    index: createBlindIndexes(keyOf('index')),
  }
}
