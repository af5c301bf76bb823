import { type CryptoKey, importJWK, type JWK } from 'jose'
import { PiasError } from '#src/kernel/errors.ts'

/** The key request objects are encrypted to. */
export type EncryptionKey = { readonly kid: string; readonly key: CryptoKey }

const ALG = 'RSA-OAEP-256'

const parseKeys = (jwks: string): readonly Partial<JWK>[] => {
  try {
    const { keys } = JSON.parse(jwks) as { keys?: unknown }
    return Array.isArray(keys) ? keys.filter(key => typeof key === 'object' && key !== null) : []
  } catch {
    return []
  }
}

/**
 * itsme's encryption key among its published keys: RSA, `use` enc, with a `kid`.
 * @throws PiasError `upstream.unavailable` when there is none that fits
 */
export const importEncryptionKey = async (jwks: string): Promise<EncryptionKey> => {
  const jwk = parseKeys(jwks).find(({ kty, use, alg = ALG }) => kty === 'RSA' && use === 'enc' && alg === ALG)
  if (!(jwk?.kid && jwk.n && jwk.e)) throw new PiasError('upstream.unavailable', 'itsme publishes no encryption key')
  const key = await importJWK({ kty: 'RSA', n: jwk.n, e: jwk.e }, ALG)
  return { kid: jwk.kid, key: key as CryptoKey }
}
