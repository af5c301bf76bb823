import { createHash, generateKeyPair, type JsonWebKey, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeysPort } from '#src/store/ports/keys.ts'

const generate = promisify(generateKeyPair)

/** A private key as JWK with its key id, use and algorithm (RFC 7517). */
export type SigningJwk = JsonWebKey & { readonly kid: string; readonly use: 'sig'; readonly alg: string }

/** JWK thumbprint (RFC 7638): the same key has the same id everywhere. */
export const thumbprint = (jwk: JsonWebKey): string => {
  const members =
    jwk.kty === 'EC' ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { e: jwk.e, kty: jwk.kty, n: jwk.n }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

const signingJwk = (jwk: JsonWebKey, alg: string): SigningJwk => ({ ...jwk, kid: thumbprint(jwk), use: 'sig', alg })

const makeSigningKeys = async (): Promise<SigningJwk[]> => {
  const [ec, rsa] = await Promise.all([
    generate('ec', { namedCurve: 'P-256' }),
    generate('rsa', { modulusLength: 2048 }),
  ])
  return [
    signingJwk(ec.privateKey.export({ format: 'jwk' }), 'ES256'),
    signingJwk(rsa.privateKey.export({ format: 'jwk' }), 'RS256'),
  ]
}

/** PIAS's token signing keys, ES256 first (the default) and RS256; made by the first node that asks. */
export const loadSigningKeys = async (keys: KeysPort): Promise<SigningJwk[]> => {
  const name = 'provider.signing'
  const stored = await keys.find(name)
  return JSON.parse(stored ?? (await keys.putIfAbsent(name, JSON.stringify(await makeSigningKeys()))))
}

/** A random secret of 256 bits under a name, as base64url; made by the first node that asks. */
export const loadSecret = async (keys: KeysPort, name: string): Promise<string> =>
  (await keys.find(name)) ?? keys.putIfAbsent(name, randomBytes(32).toString('base64url'))
