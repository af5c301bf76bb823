import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import {
  decodeBase64,
  encodeBase64,
  LEAST_KEY,
  LEAST_SALT,
  MALFORMED,
  MOST_KEY,
  type ReadHash,
  TOO_COSTLY,
  within,
} from './password-hash.ts'

/**
 * `$pbkdf2-sha256$i=600000$salt$key` (PHC string format); other systems leave `i=` out, write a dot for a plus, and name no
 * digest where it is SHA-1.
 */
const PHC = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d+)(?:,l=\d+)?\$([^$]+)\$([^$]+)$/
/** `pbkdf2_sha256$600000$salt$key`, whose salt is a text and not base64. */
const PLAIN_SALT = /^pbkdf2_(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([^$]+)$/
const MOST_ITERATIONS = 5_000_000

const derive = promisify(pbkdf2)

/** PBKDF2 (RFC 8018, 5.2). Computed in Node's thread pool. */
export const readPbkdf2: ReadHash = text => {
  if (!/^\$?pbkdf2[-_$]/.test(text)) return undefined
  const phc = PHC.exec(text)
  const found = phc ?? PLAIN_SALT.exec(text)
  if (found === null) return MALFORMED
  const [, digest = 'sha1', count, saltText = '', keyText = ''] = found
  const salt = phc === null ? Buffer.from(saltText) : decodeBase64(saltText)
  const key = decodeBase64(keyText)
  if (salt === undefined || key === undefined) return MALFORMED
  if (salt.length < LEAST_SALT || key.length < LEAST_KEY || key.length > MOST_KEY) return MALFORMED
  const iterations = within(count, 1, MOST_ITERATIONS)
  if (iterations === undefined) return TOO_COSTLY
  const head = `$pbkdf2-${digest}$i=${iterations}`
  return {
    cost: `${head} ${key.length}`,
    verify: async password => timingSafeEqual(await derive(password, salt, iterations, key.length, digest), key),
    dummy: () => `${head}$${encodeBase64(randomBytes(16))}$${encodeBase64(randomBytes(key.length))}`,
  }
}
