import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { KeysPort } from '#src/store/ports/keys.ts'

/** What an assertion is signed with. */
export type AssertionKey = { readonly kid: string; readonly key: CryptoKey }

/** PIAS's key as a client of one upstream, and what that upstream may fetch of it (RFC 7517, 5). */
export type ClientKeys = { readonly signing: AssertionKey; publicJwks(): { readonly keys: readonly JWK[] } }

const PUBLIC_MEMBERS = new Set(['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'use', 'alg'])

const makeKey = async (alg: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg }
}

const publicHalf = (jwk: JWK): JWK =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => PUBLIC_MEMBERS.has(member))) as JWK

/**
 * The key PIAS signs client assertions with: made by the first node that asks, the same for all.
 * @param name where it is kept, one name per upstream: no key serves two parties (RFC 9700, 4.4)
 */
export const openClientKeys = async (
  store: KeysPort,
  options: { name: string; alg: 'ES256' | 'RS256' },
): Promise<ClientKeys> => {
  const name = `${options.name}.${options.alg}`
  const found = (await store.find(name)) ?? (await store.putIfAbsent(name, JSON.stringify(await makeKey(options.alg))))
  const jwk = JSON.parse(found) as JWK
  const published = { keys: [publicHalf(jwk)] }
  return {
    signing: { kid: jwk.kid ?? '', key: (await importJWK({ ...jwk, ext: false }, options.alg)) as CryptoKey },
    publicJwks: () => published,
  }
}
