import type { KeyAtTime, KeyRing } from './key-ring.ts'
import type { KeyRingInStore } from './open-key-ring.ts'
import type { PrivateJwk } from './private-jwk.ts'

/** A key ring as a node works with it: it changes with time, and with what other nodes do, while the node runs. */
export type WatchedKeyRing<Imported = unknown> = {
  readonly name: string
  /** The keys of this moment, by what was last read, each as it was imported. */
  keys(): readonly (KeyAtTime & { readonly imported: Imported })[]
  /** Reads what is stored now. When that fails, `keys` go on with what was read before. */
  refresh(): Promise<void>
  /** Begins a rotation when the schedule wants it; whether this node did. */
  rotateIfDue(): Promise<boolean>
}

/**
 * Reads a key ring and keeps it.
 * @param importKey makes of a key what signs or decrypts; called once for each
 */
export const watchKeyRing = async <Imported>(
  stored: KeyRingInStore,
  importKey: (jwk: PrivateJwk) => Promise<Imported>,
): Promise<WatchedKeyRing<Imported>> => {
  type Known = { readonly ring: KeyRing; readonly imported: ReadonlyMap<string, Imported> }

  const read = async (before?: Known): Promise<Known> => {
    const ring = await stored.read()
    const imported = await Promise.all(
      ring.map(async ({ jwk }) => [jwk.kid, before?.imported.get(jwk.kid) ?? (await importKey(jwk))] as const),
    )
    return { ring, imported: new Map(imported) }
  }

  let known = await read()
  return {
    name: stored.name,
    keys: () => {
      const { ring, imported } = known
      return stored.atPresent(ring).map(key => ({ ...key, imported: imported.get(key.jwk.kid) as Imported }))
    },
    refresh: async () => {
      known = await read(known)
    },
    rotateIfDue: stored.rotateIfDue,
  }
}
