import { randomBytes } from 'node:crypto'
import { createSealer, KEY_BYTES } from '#src/crypto/envelope/sealer.ts'
import type { KeyEncryption } from './port.ts'

/** A key-encryption key of this process alone, for data that end with it: what is left on the disk never opens again. */
export const createThrowawayKek = (): KeyEncryption => {
  const sealer = createSealer(randomBytes(KEY_BYTES))
  return {
    wrap: async (key, name) => sealer.seal([name], Buffer.from(key).toString('base64url')),
    unwrap: async (wrapped, name) => Buffer.from(sealer.open([name], wrapped), 'base64url'),
    isOutdated: async () => false,
  }
}
