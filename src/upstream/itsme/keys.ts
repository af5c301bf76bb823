import { type CryptoKey, importJWK } from 'jose'
import type { KeyAtTime } from '#src/crypto/key-ring/key-ring.ts'
import { openKeyRing } from '#src/crypto/key-ring/open-key-ring.ts'
import { type PrivateJwk, type PublicJwk, publicHalf } from '#src/crypto/key-ring/private-jwk.ts'
import { type WatchedKeyRing, watchKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const HOUR_MS = 3_600_000

/** What PIAS publishes for itsme (RFC 7517, 5): public keys only. */
export type PublicJwks = { readonly keys: readonly Partial<PublicJwk>[] }

/** The JWE key algorithms one RSA key serves; WebCrypto binds the hash, so each needs its own import. */
export type DecryptionAlg = 'RSA-OAEP-256' | 'RSA-OAEP'

export type SigningKey = { readonly kid: string; readonly key: CryptoKey }

export type DecryptionKey = { readonly kid: string; readonly byAlg: Readonly<Record<DecryptionAlg, CryptoKey>> }

/** PIAS's keys as a relying party of itsme, at this moment: apart from the keys it signs its own tokens with. */
export type ItsmeKeys = {
  signing(): SigningKey
  /** The published key first. itsme goes on using a replaced key for up to a day, so there may be several. */
  decryption(): readonly DecryptionKey[]
  publicJwks(): PublicJwks
  /** What keeps them up to date. */
  readonly ring: WatchedKeyRing
}

/**
 * How PIAS's keys at itsme follow each other. itsme keeps the published keys for up to 24 hours: a new
 * signing key is published for longer before it signs, and a replaced encryption key decrypts for longer.
 * @param everyMs how long a key is in use, in milliseconds
 */
export const openItsmeKeyRing = (deps: { keys: KeysPort; clock: Clock; upstream: string; everyMs: number }) => {
  const { keys, clock, upstream, everyMs } = deps
  const policy = {
    algs: ['RS256', 'RSA-OAEP-256'],
    everyMs,
    aheadMs: 25 * HOUR_MS,
    cachedMs: 24 * HOUR_MS,
    retainMs: 25 * HOUR_MS,
  } as const
  // A name for each upstream: never two upstreams under one key pair (RFC 9700, 4.4).
  return openKeyRing({ keys, clock, name: `upstream.${upstream}.keys`, policy })
}

/** The encryption key goes without `alg`: it serves both algorithms, and who looks for one would miss it for the other. */
const toPublished = (jwk: PrivateJwk): Partial<PublicJwk> => {
  const { alg, ...others } = publicHalf(jwk)
  return jwk.use === 'enc' ? others : { ...others, alg }
}

/**
 * itsme encrypts to any encryption key it finds: only the one in use is published. The next one is known to all nodes
 * by then, so whichever itsme's answer comes to can read it.
 */
const isPublished = ({ jwk, state }: KeyAtTime): boolean => jwk.use === 'sig' || state === 'current'

const importPrivate = async (jwk: PrivateJwk, alg: string): Promise<CryptoKey> => {
  const { use: _use, alg: _alg, ...bare } = jwk
  return (await importJWK({ ...bare, kty: 'RSA' }, alg)) as CryptoKey
}

/** What a key does here: a signing key has one import, a decryption key one for each algorithm. */
type ImportedKey = { readonly signing?: CryptoKey; readonly byAlg?: DecryptionKey['byAlg'] }

const importKey = async (jwk: PrivateJwk): Promise<ImportedKey> => {
  if (jwk.use === 'sig') return { signing: await importPrivate(jwk, 'RS256') }
  const [wide, narrow] = await Promise.all([importPrivate(jwk, 'RSA-OAEP-256'), importPrivate(jwk, 'RSA-OAEP')])
  return { byAlg: { 'RSA-OAEP-256': wide, 'RSA-OAEP': narrow } }
}

/**
 * The RSA keys PIAS signs client assertions with (RS256) and reads encrypted tokens with (RSA-OAEP-256, RSA-OAEP): made
 * by the first node that asks, the same for all, each imported once.
 * @param deps.upstream the id of the upstream they are for
 * @see docs/itsme.md; docs/decisions/0019-key-rotation.md
 */
export const createItsmeKeys = async (deps: Parameters<typeof openItsmeKeyRing>[0]): Promise<ItsmeKeys> => {
  const ring = await watchKeyRing(openItsmeKeyRing(deps), importKey)

  return {
    signing: () => {
      const current = ring.keys().find(({ state, imported }) => state === 'current' && imported.signing !== undefined)
      if (current?.imported.signing === undefined) throw new TypeError(`no signing key for upstream ${deps.upstream}`)
      return { kid: current.jwk.kid, key: current.imported.signing }
    },
    decryption: () =>
      ring
        .keys()
        .toSorted((one, other) => Number(other.state === 'current') - Number(one.state === 'current'))
        .flatMap(({ jwk: { kid }, imported: { byAlg } }) => (byAlg === undefined ? [] : [{ kid, byAlg }])),
    publicJwks: () => ({
      keys: ring
        .keys()
        .filter(isPublished)
        .map(({ jwk }) => toPublished(jwk)),
    }),
    ring,
  }
}
