import {
  constants,
  createCipheriv,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  sign,
} from 'node:crypto'

/** A public key with the id it is published under. */
export type PublishedKey = { readonly kid: string; readonly key: KeyObject }

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Creates the upstream's RS256 signer (RSA-2048, as itsme) and the JWKS that verifies it. */
export const createJwtSigner = (kid: string): { jwks: object; signJwt: (claims: object) => string } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const header = encode({ alg: 'RS256', kid, typ: 'JWT' })
  return {
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
    signJwt: claims => {
      const input = `${header}.${encode(claims)}`
      return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`
    },
  }
}

/**
 * Encrypts a signed JWT to its reader: RSA-OAEP-256 and A128CBC-HS256, written out in synchronous node:crypto
 * because WebCrypto would cost the upstream more than all the rest (RFC 7516 5.1, RFC 7518 4.3 and 5.2.3).
 */
export const encryptJwt = (jwt: string, recipient: PublishedKey): string => {
  const header = encode({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT', typ: 'JWT', kid: recipient.kid })
  const contentKey = randomBytes(32)
  const iv = randomBytes(16)
  const encryptedKey = publicEncrypt(
    { key: recipient.key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    contentKey,
  )
  const cipher = createCipheriv('aes-128-cbc', contentKey.subarray(16), iv)
  const ciphertext = Buffer.concat([cipher.update(jwt, 'utf8'), cipher.final()])
  const headerBits = Buffer.alloc(8)
  headerBits.writeBigUInt64BE(BigInt(header.length * 8))
  const mac = createHmac('sha256', contentKey.subarray(0, 16))
  mac.update(header).update(iv).update(ciphertext).update(headerBits)
  const parts = [encryptedKey, iv, ciphertext, mac.digest().subarray(0, 16)]
  return [header, ...parts.map(part => part.toString('base64url'))].join('.')
}
