import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** A private key with the id it is published under. */
export type NamedKey = { readonly kid: string; readonly key: CryptoKey }

const makeKey = async (alg: string, use: 'sig' | 'enc'): Promise<NamedKey & { readonly jwk: JWK }> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048, extractable: true })
  const bare = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(bare)
  return { kid, key: privateKey, jwk: { ...bare, kid, use, alg } }
}

/** The simulator's own keys: one that signs tokens, one that request objects are encrypted to. Gone with the process. */
export const createProviderKeys = async () => {
  let signing = await makeKey('RS256', 'sig')
  const encryption = await makeKey('RSA-OAEP-256', 'enc')
  const stranger = await makeKey('RS256', 'sig')
  return {
    signing: (): NamedKey => signing,
    /** A key of nobody, for tokens nobody may accept. */
    stranger: (): NamedKey => stranger,
    encryption: (): NamedKey => encryption,
    jwks: () => ({ keys: [signing.jwk, encryption.jwk] }),
    /** The old key disappears at once: the hardest case for a relying party. */
    rotate: async () => {
      signing = await makeKey('RS256', 'sig')
    },
  }
}

export type ProviderKeys = Awaited<ReturnType<typeof createProviderKeys>>
