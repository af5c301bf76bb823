import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { decodeParts, encodeBase64, MALFORMED, type ReadHash, TOO_COSTLY, within } from './password-hash.ts'

const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/
/** In kibibytes: 256 MB, four times what RFC 9106 recommends second. */
const MOST_MEMORY = 262_144
const MOST_PASSES = 10
const MOST_LANES = 8

const derive = promisify(argon2)

/** `$argon2id$v=19$m=65536,t=3,p=4$salt$key` (RFC 9106, PHC string format). Computed in Node's thread pool. */
export const readArgon2id: ReadHash = text => {
  if (!text.startsWith('$argon2')) return undefined
  const [, m, t, p, saltText = '', keyText = ''] = FORM.exec(text) ?? []
  const parts = decodeParts(saltText, keyText)
  if (parts === undefined) return MALFORMED
  const [memory, passes, lanes] = [within(m, 8, MOST_MEMORY), within(t, 1, MOST_PASSES), within(p, 1, MOST_LANES)]
  if (memory === undefined || passes === undefined || lanes === undefined || memory < 8 * lanes) return TOO_COSTLY
  const { salt, key } = parts
  const head = `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}`
  return {
    cost: `${head} ${key.length}`,
    verify: async message => {
      const options = { message, nonce: salt, parallelism: lanes, tagLength: key.length, memory, passes }
      return timingSafeEqual(await derive('argon2id', options), key)
    },
    dummy: () => `${head}$${encodeBase64(randomBytes(16))}$${encodeBase64(randomBytes(key.length))}`,
  }
}
