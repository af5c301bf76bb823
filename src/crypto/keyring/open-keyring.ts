import { type BlindIndex, type BlindIndexName, createBlindIndexes } from '#src/crypto/envelope/blind-index.ts'
import { createDailySealer } from '#src/crypto/envelope/daily-sealer.ts'
import { createSealer, type Sealer } from '#src/crypto/envelope/sealer.ts'
import type { KeyEncryption } from '#src/crypto/kek/port.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import { type AccountKeys, createAccountKeys } from './account-keys.ts'
import { createLease, ENDLESS_LEASE, type Lease } from './lease.ts'
import { CUSTOMER_BUCKETS, createSharedKeyCheck, loadSharedKeys, type Purpose } from './shared-keys.ts'

/** Everything a store needs to encrypt what it keeps, in memory: but for accounts' keys nothing is fetched. */
export type Keyring = {
  readonly accounts: AccountKeys
  readonly sealers: Readonly<Record<Exclude<Purpose, 'accounts' | 'index'>, Sealer>>
  /** The sealer of a customer record, by the token of its id. */
  customerSealer(token: string): Sealer
  readonly index: Readonly<Record<BlindIndexName, BlindIndex>>
  /** Checked with every use of a key. */
  readonly lease: Lease
}

const leased = <Values extends unknown[], Result>(lease: Lease, use: (...values: Values) => Result) => {
  return (...values: Values): Result => {
    lease.check()
    return use(...values)
  }
}

const leasedSealer = (lease: Lease, { seal, open }: Sealer): Sealer => ({
  seal: leased(lease, seal),
  open: leased(lease, open),
})

const leasedIndexes = (lease: Lease, indexes: Keyring['index']): Keyring['index'] =>
  Object.fromEntries(Object.entries(indexes).map(([name, token]) => [name, leased(lease, token)])) as Keyring['index']

/**
 * Unwraps the shared keys and makes the keyring of a node.
 * @throws PiasError `store.unusable` when they were wrapped by another key-encryption key, `store.unavailable` when it or
 *   the store does not answer
 */
export const openKeyring = async (deps: {
  dataKeys: DataKeysPort
  kek: KeyEncryption
  clock: Clock
  /** Told when the key-encryption key does not answer while the node runs. */
  onTrouble?: ((error: unknown) => void) | undefined
}): Promise<Keyring> => {
  const { dataKeys, kek, clock, onTrouble } = deps
  const keys = await loadSharedKeys(deps)
  const { leaseSeconds: seconds } = kek
  const ask = createSharedKeyCheck(deps)
  const lease = seconds === undefined ? ENDLESS_LEASE : createLease({ seconds, ask, onTrouble })
  const keyOf = (name: string) => keys.get(name) as Uint8Array
  const daily = (purpose: Purpose) => leasedSealer(lease, createDailySealer(keyOf(purpose), clock))
  const plain = (name: string) => leasedSealer(lease, createSealer(keyOf(name)))
  const buckets = Array.from({ length: CUSTOMER_BUCKETS }, (_, n) => plain(`customers:${n}`))
  const accounts = createAccountKeys(dataKeys, plain('accounts'))
  return {
    accounts: { ...accounts, of: leased(lease, accounts.of), ofMany: leased(lease, accounts.ofMany) },
    lease,
    sealers: {
      audit: daily('audit'),
      keys: plain('keys'),
      grants: daily('grants'),
      artifacts: daily('artifacts'),
      attempts: daily('attempts'),
      clients: plain('clients'),
      messages: daily('messages'),
    },
    customerSealer: token => buckets[token.charCodeAt(0) % CUSTOMER_BUCKETS] as Sealer,
    index: leasedIndexes(lease, createBlindIndexes(keyOf('index'))),
  }
}
