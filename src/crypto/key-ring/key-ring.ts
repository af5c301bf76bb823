import type { KeyAlg, PrivateJwk } from './private-jwk.ts'

/** A key with its times, in epoch milliseconds: known to all nodes since `createdAt`, in use from `activeFrom`. */
export type RingKey = { readonly jwk: PrivateJwk; readonly createdAt: number; readonly activeFrom: number }

/** The keys of one purpose that follow each other, for each algorithm. Which is in use follows from the time alone. */
export type KeyRing = readonly RingKey[]

/**
 * How keys follow each other, in milliseconds (docs/decisions/0019-key-rotation.md).
 * - `everyMs`: how long a key is in use
 * - `aheadMs`: how long it is known before
 * - `cachedMs`: how long others may go on with the public keys they have fetched; at most `aheadMs`
 * - `retainMs`: how long it is kept once another is in use
 */
export type RotationPolicy = {
  readonly algs: readonly KeyAlg[]
  readonly everyMs: number
  readonly aheadMs: number
  readonly cachedMs: number
  readonly retainMs: number
}

/** A key at a moment. `until` is when the state ends, where that is known. */
export type KeyAtTime = {
  readonly jwk: PrivateJwk
  readonly state: 'next' | 'current' | 'retired'
  readonly since: number
  readonly until?: number
}

const ofAlg = (ring: KeyRing, alg: KeyAlg): KeyRing =>
  ring.filter(({ jwk }) => jwk.alg === alg).toSorted((one, other) => one.activeFrom - other.activeFrom)

/** The key in use is the last that is due; the first where none is: a clock that is behind must not leave none. */
const currentIndex = (keys: KeyRing, now: number): number =>
  Math.max(
    0,
    keys.findLastIndex(({ activeFrom }) => activeFrom <= now),
  )

const ofAlgAtTime = (keys: KeyRing, now: number, retainMs: number): readonly KeyAtTime[] => {
  const current = currentIndex(keys, now)
  return keys.map(({ jwk, createdAt, activeFrom }, index): KeyAtTime => {
    const replacedAt = keys[index + 1]?.activeFrom
    if (index > current) return { jwk, state: 'next', since: createdAt, until: activeFrom }
    if (index < current && replacedAt !== undefined) {
      return { jwk, state: 'retired', since: replacedAt, until: replacedAt + retainMs }
    }
    return { jwk, state: 'current', since: activeFrom, ...(replacedAt === undefined ? {} : { until: replacedAt }) }
  })
}

const algsOf = (ring: KeyRing): readonly KeyAlg[] => [...new Set(ring.map(({ jwk }) => jwk.alg))]

/** The keys of a moment: of each algorithm one current, perhaps a next, and the retired that are still kept. */
export const keysAtTime = (ring: KeyRing, now: number, { retainMs }: Pick<RotationPolicy, 'retainMs'>) =>
  algsOf(ring)
    .flatMap(alg => ofAlgAtTime(ofAlg(ring, alg), now, retainMs))
    .filter(({ state, until = 0 }) => state !== 'retired' || until > now)

/** The algorithms without a key that will take over. */
export const algsWithoutNext = (ring: KeyRing, now: number, { algs }: Pick<RotationPolicy, 'algs'>) =>
  algs.filter(alg => !ofAlg(ring, alg).some(({ activeFrom }) => activeFrom > now))

/** Whether it is time for new keys: one has been in use for so long that, with `aheadMs` to come, its time is over. */
export const isRotationDue = (ring: KeyRing, now: number, policy: RotationPolicy): boolean =>
  algsWithoutNext(ring, now, policy).some(alg => {
    const keys = ofAlg(ring, alg)
    const current = keys[currentIndex(keys, now)]
    return current === undefined || now >= current.activeFrom + policy.everyMs - policy.aheadMs
  })
