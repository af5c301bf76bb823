import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const contextOf = (name: string) => ['keys', 'value', name]

/** Shared secrets and key sets, sealed under their names. */
export const encryptKeys = (keys: KeysPort, sealer: Sealer): KeysPort => ({
  find: async name => {
    const sealed = await keys.find(name)
    return sealed === undefined ? undefined : sealer.open(contextOf(name), sealed)
  },
  names: keys.names,
  putIfAbsent: async (name, value) =>
    sealer.open(contextOf(name), await keys.putIfAbsent(name, sealer.seal(contextOf(name), value))),
  replace: async (name, expected, value) => {
    // Sealed anew each time, so what is compared by the store is the text that was read a moment ago.
    const sealed = await keys.find(name)
    if (sealed === undefined || sealer.open(contextOf(name), sealed) !== expected) return false
    return keys.replace(name, sealed, sealer.seal(contextOf(name), value))
  },
})
