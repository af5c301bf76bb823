import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { decodeParts, encodeBase64, MALFORMED, type ReadHash, TOO_COSTLY, within } from './password-hash.ts'

const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/
const MOST_LOG_N = 18
const MOST_BLOCKS = 16
const MOST_LANES = 8
/** In bytes. */
const MOST_MEMORY = 256 * 1024 * 1024

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** `$scrypt$ln=16,r=8,p=1$salt$key` (RFC 7914, PHC string format). Computed in Node's thread pool. */
export const readScrypt: ReadHash = text => {
  if (!text.startsWith('$scrypt$')) return undefined
  const [, ln, blocks, lanes, saltText = '', keyText = ''] = FORM.exec(text) ?? []
  const parts = decodeParts(saltText, keyText)
  if (parts === undefined) return MALFORMED
  const [logN, r, p] = [within(ln, 1, MOST_LOG_N), within(blocks, 1, MOST_BLOCKS), within(lanes, 1, MOST_LANES)]
  if (logN === undefined || r === undefined || p === undefined) return TOO_COSTLY
  const N = 2 ** logN
  const memory = 128 * r * (N + p)
  if (memory > MOST_MEMORY) return TOO_COSTLY
  const { salt, key } = parts
  const head = `$scrypt$ln=${logN},r=${r},p=${p}`
  return {
    cost: `${head} ${key.length}`,
    // OpenSSL asks for a little more than the algorithm itself.
    verify: async password =>
      timingSafeEqual(await derive(password, salt, key.length, { N, r, p, maxmem: memory + 2 ** 20 }), key),
    dummy: () => `${head}$${encodeBase64(randomBytes(16))}$${encodeBase64(randomBytes(key.length))}`,
  }
}
