/** What PIAS signs with: its keys are P-256 and RSA (crypto/signing-keys.ts). The first is the default. */
export const OWN_SIGNING_ALGS = ['ES256', 'RS256'] as const

/** What clients may sign with: assertions (RFC 7523) and request objects (RFC 9101). No symmetric ones, no `none`. */
export const CLIENT_SIGNING_ALGS = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const

/** What FAPI 2.0 lets anybody sign with (Security Profile, 5.4.1); DPoP proofs are signed with one of these by everybody. */
export const FAPI_SIGNING_ALGS = ['ES256', 'PS256', 'EdDSA', 'Ed25519'] as const

/** How what is for a client alone is encrypted (RFC 7518, 4.3 and 4.6), and with what. */
export const ENCRYPTION_ALGS = ['RSA-OAEP-256', 'ECDH-ES'] as const
export const ENCRYPTION_ENCS = ['A256GCM'] as const

/** Whether FAPI 2.0 allows it. */
export const isFapiAlg = (alg: unknown): boolean => FAPI_SIGNING_ALGS.some(one => one === alg)

type Jwk = { readonly kty: string; readonly use?: unknown; readonly n?: unknown }

/** Whether something can be encrypted to this key. */
export const canEncryptTo = ({ kty, use }: Jwk, alg: (typeof ENCRYPTION_ALGS)[number]): boolean =>
  use !== 'sig' && (alg === 'ECDH-ES' ? kty === 'EC' || kty === 'OKP' : kty === 'RSA')

/** Whether an RSA key is shorter than FAPI 2.0 allows (5.4.1: 2048 bits); other kinds have no length. */
export const isShortRsaKey = ({ kty, n }: Jwk): boolean =>
  kty === 'RSA' && Buffer.from(`${n ?? ''}`, 'base64url').length < 256
