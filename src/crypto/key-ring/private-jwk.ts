import { createHash, generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** What PIAS makes keys for: signatures by ES256 or RS256 (RFC 7518, 3.1), and what others encrypt to (4.3). */
export type KeyAlg = 'ES256' | 'RS256' | 'RSA-OAEP-256'

/** A private key as JWK with its key id, use and algorithm (RFC 7517, 4). */
export type PrivateJwk = JsonWebKey & { readonly kid: string; readonly use: 'sig' | 'enc'; readonly alg: KeyAlg }

/** The public half of one. */
export type PublicJwk = JsonWebKey & { readonly kid: string; readonly use: 'sig' | 'enc'; readonly alg: KeyAlg }

const PUBLIC_MEMBERS = new Set(['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'use', 'alg'])

/** JWK thumbprint (RFC 7638): the same key has the same id everywhere. */
const thumbprint = (jwk: JsonWebKey): string => {
  const members =
    jwk.kty === 'EC' ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { e: jwk.e, kty: jwk.kty, n: jwk.n }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** A new key for an algorithm; its id is its thumbprint. RSA keys have 2048 bits. */
export const makePrivateJwk = async (alg: KeyAlg): Promise<PrivateJwk> => {
  const { privateKey } =
    alg === 'ES256' ? await generate('ec', { namedCurve: 'P-256' }) : await generate('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' })
  return { ...jwk, kid: thumbprint(jwk), use: alg === 'RSA-OAEP-256' ? 'enc' : 'sig', alg }
}

/** What may be published of a key: named members only, so that nothing private slips through. */
export const publicHalf = (jwk: PrivateJwk): PublicJwk =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => PUBLIC_MEMBERS.has(member))) as PublicJwk
