import type { KeyAtTime } from '#src/crypto/key-ring/key-ring.ts'
import { type KeyRingInStore, openKeyRing } from '#src/crypto/key-ring/open-key-ring.ts'
import type { PrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

/**
 * When keys follow each other, in seconds: how long one is in use and how long it is published before; how long apps may
 * keep what is published; how soon every node notices a change.
 */
export type KeyRotation = {
  readonly every: number
  readonly publishAhead: number
  readonly jwksMaxAge: number
  readonly refresh: number
}

const DAY_SECONDS = 24 * 3600
const ORDER = { current: 0, next: 1, retired: 2 } as const

/**
 * The keys PIAS signs its tokens with: ES256, the default, and RS256.
 * @param deps.lifetimes in seconds: what was signed must be verified to its end, and for a day more, when an app hands its
 *   last ID token in at logout
 */
export const openSigningKeys = (deps: {
  keys: KeysPort
  clock: Clock
  rotation: KeyRotation
  lifetimes: { readonly idToken: number; readonly accessToken: number }
}): KeyRingInStore => {
  const { keys, clock, rotation, lifetimes } = deps
  const longestToken = Math.max(lifetimes.idToken, lifetimes.accessToken)
  const policy = {
    algs: ['ES256', 'RS256'],
    everyMs: rotation.every * 1000,
    aheadMs: rotation.publishAhead * 1000,
    // The last node publishes a key one refresh after it was made; twice that, for one that was late.
    cachedMs: (2 * rotation.refresh + rotation.jwksMaxAge) * 1000,
    retainMs: (longestToken + DAY_SECONDS) * 1000,
  } as const
  return openKeyRing({ keys, clock, name: 'provider.signing-keys', policy })
}

/** The keys in the order oidc-provider wants them: it signs with the first of an algorithm and publishes all. */
export const inSigningOrder = (keys: readonly KeyAtTime[]): readonly PrivateJwk[] =>
  keys.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]).map(({ jwk }) => jwk)
