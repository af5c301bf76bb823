import type { Clock } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import {
  algsWithoutNext,
  isRotationDue,
  type KeyAtTime,
  type KeyRing,
  keysAtTime,
  type RotationPolicy,
} from './key-ring.ts'
import { type KeyAlg, makePrivateJwk } from './private-jwk.ts'

/** `too-early`: somebody may not have seen the next key before `possibleFrom` (epoch milliseconds). */
export type Activation =
  | { readonly kind: 'activated' | 'no-next' }
  | { readonly kind: 'too-early'; possibleFrom: number }

/** A key ring in the store. Every change is one compare-and-set, so that of many nodes one rotates. */
export type KeyRingInStore = {
  readonly name: string
  /** The ring as it is stored; made by the first who asks. */
  read(): Promise<KeyRing>
  /** The keys of a ring at this moment. */
  atPresent(ring: KeyRing): readonly KeyAtTime[]
  /** Begins a rotation: adds the next keys and drops those whose time is over. False where a rotation is under way. */
  rotate(): Promise<boolean>
  /** The same, only when the schedule wants it. */
  rotateIfDue(): Promise<boolean>
  /** Ends a rotation now: the next keys are in use. `force` does so though somebody may not have seen them yet. */
  activate(options: { force: boolean }): Promise<Activation>
  /** Takes a key away from everybody at once, for one that leaked. A key in use cannot be withdrawn: activate first. */
  withdraw(kid: string): Promise<'withdrawn' | 'current' | 'unknown'>
}

/**
 * Opens a key ring under a name of the keys port.
 * @see docs/decisions/0019-key-rotation.md
 */
export const openKeyRing = (deps: {
  keys: KeysPort
  clock: Clock
  name: string
  policy: RotationPolicy
}): KeyRingInStore => {
  const { keys, clock, name, policy } = deps
  const atPresent = (ring: KeyRing) => keysAtTime(ring, clock(), policy)

  const makeKeys = (algs: readonly KeyAlg[], activeFrom: number): Promise<KeyRing> => {
    const createdAt = clock()
    return Promise.all(algs.map(async alg => ({ jwk: await makePrivateJwk(alg), createdAt, activeFrom })))
  }

  const readText = async (): Promise<string> =>
    (await keys.find(name)) ?? keys.putIfAbsent(name, JSON.stringify(await makeKeys(policy.algs, clock())))

  /** @param revise what shall be stored instead; undefined to leave it. Called again when somebody was faster. */
  const change = async (revise: (ring: KeyRing) => Promise<KeyRing | undefined>): Promise<boolean> => {
    for (;;) {
      const text = await readText()
      const revised = await revise(JSON.parse(text))
      if (revised === undefined) return false
      if (await keys.replace(name, text, JSON.stringify(revised))) return true
    }
  }

  const withNextKeys = async (ring: KeyRing): Promise<KeyRing | undefined> => {
    const now = clock()
    const algs = algsWithoutNext(ring, now, policy)
    if (algs.length === 0) return undefined
    const kept = new Set(atPresent(ring).map(({ jwk }) => jwk.kid))
    return [...ring.filter(({ jwk }) => kept.has(jwk.kid)), ...(await makeKeys(algs, now + policy.aheadMs))]
  }

  return {
    name,
    atPresent,
    read: async () => JSON.parse(await readText()),
    rotate: () => change(withNextKeys),
    rotateIfDue: () => change(async ring => (isRotationDue(ring, clock(), policy) ? withNextKeys(ring) : undefined)),

    activate: async ({ force }) => {
      let outcome: Activation = { kind: 'no-next' }
      await change(async ring => {
        const now = clock()
        const waiting = ring.filter(({ activeFrom }) => activeFrom > now)
        const possibleFrom = Math.max(...waiting.map(({ createdAt }) => createdAt)) + policy.cachedMs
        if (waiting.length === 0) outcome = { kind: 'no-next' }
        else if (possibleFrom > now && !force) outcome = { kind: 'too-early', possibleFrom }
        else outcome = { kind: 'activated' }
        if (outcome.kind !== 'activated') return undefined
        return ring.map(key => (key.activeFrom > now ? { ...key, activeFrom: now } : key))
      })
      return outcome
    },

    withdraw: async kid => {
      let outcome: 'withdrawn' | 'current' | 'unknown' = 'unknown'
      await change(async ring => {
        const state = atPresent(ring).find(({ jwk }) => jwk.kid === kid)?.state
        if (state === undefined) outcome = 'unknown'
        else outcome = state === 'current' ? 'current' : 'withdrawn'
        return outcome === 'withdrawn' ? ring.filter(({ jwk }) => jwk.kid !== kid) : undefined
      })
      return outcome
    },
  }
}
