// FROZEN (see README.md): never to be optimised or changed.
import { generateKeyPair, type JWK } from 'jose'

/** An RSA-2048 key pair with the JWK of its public half. */
export type BaselineKey = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: JWK }

const createKey = async (kid: string, alg: 'RS256' | 'RSA-OAEP-256', use: 'sig' | 'enc'): Promise<BaselineKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048, extractable: true })
  const jwk = await crypto.subtle.exportKey('jwk', publicKey)
  return { kid, privateKey, publicJwk: { kty: 'RSA', n: jwk.n, e: jwk.e, kid, use, alg } as JWK }
}

/** The keys of one run: the provider's own, and the two a relying party of itsme needs (itsme.md 3). */
export const createKeys = async () => {
  const provider = await createKey('provider', 'RS256', 'sig')
  const signing = await createKey('client-sig', 'RS256', 'sig')
  const encryption = await createKey('client-enc', 'RSA-OAEP-256', 'enc')
  // Without `key_ops`, which would be published as it is and keep readers from verifying.
  const { key_ops: _, ...privateJwk } = await crypto.subtle.exportKey('jwk', provider.privateKey)
  return {
    providerJwks: { keys: [{ ...privateJwk, kid: provider.kid, use: 'sig' } as JWK] },
    signing,
    encryption,
    clientJwks: { keys: [signing.publicJwk, encryption.publicJwk] },
  }
}
