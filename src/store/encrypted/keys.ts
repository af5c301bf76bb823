import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const contextOf = (name: string) => ['keys', 'value', name]

/** Shared secrets and key sets, sealed under their names. */
export const encryptKeys = (keys: KeysPort, sealer: Sealer): KeysPort => ({
  find: async name => {
    const sealed = await keys.find(name)
    return sealed === undefined ? undefined : sealer.open(contextOf(name), sealed)
  },
  putIfAbsent: async (name, value) =>
    sealer.open(contextOf(name), await keys.putIfAbsent(name, sealer.seal(contextOf(name), value))),
})
