import { randomFillSync } from 'node:crypto'

/** 96 bits, the length AES-GCM is made for (NIST SP 800-38D, 5.2.1.1). */
export const NONCE_BYTES = 12
const DRAWN_AT_ONCE = 512

let pool = Buffer.alloc(0)
let used = 0

/** A random nonce. They are drawn many at once, which is far cheaper, and none is given out twice. */
export const nextNonce = (): Buffer => {
  if (used === pool.length) {
    // A new buffer each time: a nonce given out before may still be in use.
    pool = randomFillSync(Buffer.allocUnsafeSlow(NONCE_BYTES * DRAWN_AT_ONCE))
    used = 0
  }
  used += NONCE_BYTES
  return pool.subarray(used - NONCE_BYTES, used)
}
