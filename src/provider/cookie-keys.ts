import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** Keygrip's interface, which the cookies library expects. */
export type CookieKeys = {
  sign(data: string): string
  verify(data: string, digest: string): boolean
  index(data: string, digest: string): number
}

/**
 * Signs cookies with HMAC-SHA-256 under keys imported once; Keygrip's default is SHA-1, and it imports the key with
 * every call.
 * @param secrets newest first: the first signs, all verify
 */
export const createCookieKeys = (secrets: readonly string[]): CookieKeys => {
  const keys = secrets.map(secret => createSecretKey(Buffer.from(secret, 'utf8')))
  const digestOf = (key: (typeof keys)[number], data: string) => createHmac('sha256', key).update(data).digest()
  const index = (data: string, digest: string): number => {
    const given = Buffer.from(digest, 'base64url')
    return keys.findIndex(key => {
      const expected = digestOf(key, data)
      return expected.length === given.length && timingSafeEqual(expected, given)
    })
  }
  return {
    sign: data => {
      const [newest] = keys
      if (newest === undefined) throw new Error('no cookie key')
      return digestOf(newest, data).toString('base64url')
    },
    verify: (data, digest) => index(data, digest) >= 0,
    index,
  }
}
