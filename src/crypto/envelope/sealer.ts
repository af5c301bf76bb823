import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { PiasError } from '#src/kernel/errors.ts'
import { NONCE_BYTES, nextNonce } from './nonces.ts'

/** Where a text belongs: collection, field, owner. It is authenticated with the text, so a text moved elsewhere stays shut. */
export type SealContext = readonly (string | number)[]

/** Encrypts texts and opens them again. */
export type Sealer = {
  /** @returns base64url, without a dot; another one each time */
  seal(context: SealContext, text: string): string
  /** @throws PiasError `server.failed` for what was changed, moved from elsewhere or sealed with another key */
  open(context: SealContext, sealed: string): string
}

const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16

/** Length of a data key, for AES-256. */
export const KEY_BYTES = 32

const associated = (context: SealContext): Buffer => Buffer.from(JSON.stringify(context))

/**
 * Seals with one key by AES-256-GCM: nonce, ciphertext and tag in one text. Synchronous, as the thread pool would cost
 * more than the encryption of texts as short as ours. With random nonces a key may seal 2^32 texts (SP 800-38D, 8.3).
 * @param key {@link KEY_BYTES} long
 */
export const createSealer = (key: Uint8Array): Sealer => {
  const secret = createSecretKey(key)
  return {
    seal: (context, text) => {
      const nonce = nextNonce()
      const cipher = createCipheriv(ALGORITHM, secret, nonce)
      cipher.setAAD(associated(context))
      // Buffers in and out cost a quarter less than texts.
      const encrypted = cipher.update(Buffer.from(text))
      cipher.final()
      return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString('base64url')
    },

    open: (context, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      try {
        const decipher = createDecipheriv(ALGORITHM, secret, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(associated(context))
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        decipher.final()
        return text.toString()
      } catch (cause) {
        throw new PiasError('server.failed', 'a stored text does not open: changed, moved, or of another key', {
          cause,
        })
      }
    },
  }
}
