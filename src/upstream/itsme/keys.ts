import { generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import { type CryptoKey, calculateJwkThumbprint, importJWK } from 'jose'

const generate = promisify(generateKeyPair)

/** Where the keys are kept (the store's keys port): the first value put under a name stays. */
type KeyStore = {
  find(name: string): Promise<string | undefined>
  putIfAbsent(name: string, value: string): Promise<string>
}

type PublishedJwk = JsonWebKey & { kid: string; use: 'sig' | 'enc'; alg?: string }

/** What PIAS publishes for itsme (RFC 7517, 5): public keys only. */
export type PublicJwks = { readonly keys: readonly PublishedJwk[] }

/** The JWE key algorithms one RSA key serves; WebCrypto binds the hash, so each needs its own import. */
export type DecryptionAlg = 'RSA-OAEP-256' | 'RSA-OAEP'

export type DecryptionKey = { readonly kid: string; readonly byAlg: Readonly<Record<DecryptionAlg, CryptoKey>> }

/** PIAS's keys as a relying party of itsme: apart from the keys it signs its own tokens with. */
export type ItsmeKeys = {
  readonly signing: { readonly kid: string; readonly key: CryptoKey }
  /** Newest first. itsme goes on using a replaced key for up to a day, so there may be several. */
  readonly decryption: readonly DecryptionKey[]
  publicJwks(): PublicJwks
}

type StoredKeys = { readonly signing: readonly PublishedJwk[]; readonly encryption: readonly PublishedJwk[] }

const PRIVATE_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

const makeKey = async (use: PublishedJwk['use'], alg: string): Promise<PublishedJwk> => {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' })
  return { ...jwk, kid: await calculateJwkThumbprint(jwk as { kty: string }), use, alg }
}

const makeKeys = async (): Promise<StoredKeys> => {
  const [signing, encryption] = await Promise.all([makeKey('sig', 'RS256'), makeKey('enc', 'RSA-OAEP-256')])
  return { signing: [signing], encryption: [encryption] }
}

/** The encryption key goes without `alg`: it serves both algorithms, and who looks for one would miss it for the other. */
const publicHalf = (jwk: PublishedJwk): PublishedJwk => {
  const isKept = (member: string) => !PRIVATE_MEMBERS.has(member) && !(member === 'alg' && jwk.use === 'enc')
  return Object.fromEntries(Object.entries(jwk).filter(([member]) => isKept(member))) as PublishedJwk
}

const importPrivate = async (jwk: PublishedJwk, alg: string): Promise<CryptoKey> => {
  const { use: _use, alg: _alg, ...bare } = jwk
  return (await importJWK({ ...bare, kty: 'RSA' }, alg)) as CryptoKey
}

const importDecryption = async (jwk: PublishedJwk): Promise<DecryptionKey> => ({
  kid: jwk.kid,
  byAlg: { 'RSA-OAEP-256': await importPrivate(jwk, 'RSA-OAEP-256'), 'RSA-OAEP': await importPrivate(jwk, 'RSA-OAEP') },
})

/**
 * The RSA keys PIAS signs client assertions with (RS256) and reads encrypted tokens with (RSA-OAEP-256, RSA-OAEP):
 * made by the first node that asks, the same for all, imported once.
 * Of several encryption keys the newest alone is published, since itsme takes any it finds; the others still decrypt.
 * @param name where they are kept, one name per upstream: never two upstreams under one key pair (RFC 9700, 4.4)
 * @see itsme.md, 3
 */
export const createItsmeKeys = async (store: KeyStore, name = 'upstream.itsme'): Promise<ItsmeKeys> => {
  const found = (await store.find(name)) ?? (await store.putIfAbsent(name, JSON.stringify(await makeKeys())))
  const stored = JSON.parse(found) as StoredKeys
  const [current] = stored.signing
  if (current === undefined) throw new TypeError(`no signing key under ${name}`)
  const published: PublicJwks = { keys: [...stored.signing, ...stored.encryption.slice(0, 1)].map(publicHalf) }
  return {
    signing: { kid: current.kid, key: await importPrivate(current, 'RS256') },
    decryption: await Promise.all(stored.encryption.map(importDecryption)),
    publicJwks: () => published,
  }
}
