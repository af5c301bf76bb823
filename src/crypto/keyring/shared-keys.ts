import { randomBytes } from 'node:crypto'
import { KEY_BYTES } from '#src/crypto/envelope/sealer.ts'
import type { KeyEncryption } from '#src/crypto/kek/port.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'

/** Over how many keys customer records are spread. */
export const CUSTOMER_BUCKETS = 16

/**
 * The keys that are not an account's, one for each purpose: `accounts` wraps the accounts' own, `index` is what blind
 * indexes derive theirs from, the others seal what their names say. Only these are wrapped by the key-encryption key.
 */
export const PURPOSES = [
  'accounts',
  'index',
  'audit',
  'keys',
  'grants',
  'artifacts',
  'attempts',
  'clients',
  'messages',
] as const
export type Purpose = (typeof PURPOSES)[number]

const BUCKETS = Array.from({ length: CUSTOMER_BUCKETS }, (_, bucket) => `customers:${bucket}`)

/** The names of all keys that the key-encryption key wraps. */
export const SHARED_KEY_NAMES: readonly string[] = [...PURPOSES, ...BUCKETS]

type Deps = { readonly dataKeys: DataKeysPort; readonly kek: KeyEncryption }

const wrappedKeyOf = async ({ dataKeys, kek }: Deps, name: string): Promise<string> =>
  (await dataKeys.find(name)) ?? dataKeys.putIfAbsent(name, await kek.wrap(randomBytes(KEY_BYTES), name))

/** Whether a store has keys already: then another key-encryption key than theirs is of no use to it. */
export const hasSharedKeys = async (dataKeys: Pick<DataKeysPort, 'find'>): Promise<boolean> =>
  (await dataKeys.find(PURPOSES[0])) !== undefined

/**
 * Unwraps one of them, to learn whether that is still possible: as it is stored now, for it may have been wrapped anew, or
 * as it was when the store does not answer, which says nothing about the key-encryption key.
 * @throws as {@link KeyEncryption}
 */
export const createSharedKeyCheck = ({ dataKeys, kek }: Deps): (() => Promise<void>) => {
  let wrapped: string | undefined
  return async () => {
    wrapped = await dataKeys.find(PURPOSES[0]).catch(() => wrapped)
    if (wrapped !== undefined) await kek.unwrap(wrapped, PURPOSES[0])
  }
}

/**
 * Unwraps the shared keys; those that are missing are made, once for all nodes.
 * @throws PiasError as {@link KeyEncryption}, and what the store throws
 */
export const loadSharedKeys = async (deps: Deps): Promise<ReadonlyMap<string, Uint8Array>> => {
  const keys = new Map<string, Uint8Array>()
  // One after the other: a node that starts is no burst to a store or a Vault that serves others, and when the
  // key-encryption key is wrong or away, it is asked once.
  for (const name of SHARED_KEY_NAMES) keys.set(name, await deps.kek.unwrap(await wrappedKeyOf(deps, name), name))
  return keys
}

/**
 * Wraps all that an older version of the key-encryption key has wrapped with the newest. What they unwrap to stays the
 * same, so nodes go on undisturbed; safe to run again, and by several at once.
 * @returns how many keys there are, and how many were wrapped anew
 */
export const rewrapSharedKeys = async ({ dataKeys, kek }: Deps): Promise<{ keys: number; rewrapped: number }> => {
  let rewrapped = 0
  for (const name of SHARED_KEY_NAMES) {
    const wrapped = await wrappedKeyOf({ dataKeys, kek }, name)
    if (!(await kek.isOutdated(wrapped))) continue
    const renewed = await kek.wrap(await kek.unwrap(wrapped, name), name)
    // Where it was replaced meanwhile, another one is doing the same.
    if (await dataKeys.replace(name, wrapped, renewed)) rewrapped += 1
  }
  return { keys: SHARED_KEY_NAMES.length, rewrapped }
}

/** @returns undefined for what another key-encryption key has wrapped */
const tryUnwrap = async (kek: KeyEncryption, wrapped: string, name: string): Promise<Uint8Array | undefined> => {
  try {
    return await kek.unwrap(wrapped, name)
  } catch (error) {
    if (error instanceof PiasError && error.code === 'store.unusable') return undefined
    throw error
  }
}

/**
 * Wraps with one key-encryption key all that another one has wrapped, such as with Vault what a file has. What was moved
 * before stays, so it is safe to run again after it was interrupted. Nodes must not run meanwhile: each knows one of the two.
 * @returns how many keys there are, and how many were moved
 * @throws PiasError `store.unusable` when neither unwraps a key; nothing of it is changed
 */
export const moveSharedKeys = async (deps: {
  dataKeys: DataKeysPort
  from: KeyEncryption
  to: KeyEncryption
}): Promise<{ keys: number; moved: number }> => {
  const { dataKeys, from, to } = deps
  let [keys, moved] = [0, 0]
  for (const name of SHARED_KEY_NAMES) {
    const wrapped = await dataKeys.find(name)
    if (wrapped === undefined) continue
    keys += 1
    if ((await tryUnwrap(to, wrapped, name)) !== undefined) continue
    const renewed = await to.wrap(await from.unwrap(wrapped, name), name)
    if (await dataKeys.replace(name, wrapped, renewed)) moved += 1
  }
  return { keys, moved }
}
