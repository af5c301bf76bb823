import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import { KEY_BYTES } from './sealer.ts'

/** Turns a text into a token: the same text gives the same token, and without the key nobody can try texts out. */
export type BlindIndex = (text: string) => string

/**
 * What is looked up though it is encrypted, one index each: equal texts of two indexes have nothing in common, so that
 * links cannot be joined to customer records by whoever holds a dump.
 */
export const BLIND_INDEXES = [
  'identity',
  'link.customer',
  'customer.id',
  'customer.digest',
  'customer.key',
  'customer.term',
  'credential.legacy-id',
  'credential.username',
  'credential.digest',
  'subject',
  'audit.record',
  'artifact.user-code',
  'limit',
  'message',
] as const
export type BlindIndexName = (typeof BLIND_INDEXES)[number]

/** 128 bits in base64url: no two of billions of texts meet, and twelve of them a record still fit. */
const TOKEN_LENGTH = 22

/** HMAC-SHA-256 with a key of its own for each index (HKDF). */
export const createBlindIndexes = (key: Uint8Array): Readonly<Record<BlindIndexName, BlindIndex>> => {
  const indexes = BLIND_INDEXES.map((name): [BlindIndexName, BlindIndex] => {
    const secret = createSecretKey(new Uint8Array(hkdfSync('sha256', key, '', `pias index ${name}`, KEY_BYTES)))
    return [name, text => createHmac('sha256', secret).update(text).digest('base64url').slice(0, TOKEN_LENGTH)]
  })
  return Object.fromEntries(indexes) as Record<BlindIndexName, BlindIndex>
}
