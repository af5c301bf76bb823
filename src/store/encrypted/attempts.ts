import { hash } from 'node:crypto'
import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'

/** The id of an attempt is random and long, so a plain digest hides it. */
const tokenOf = (uid: string): string => hash('sha256', uid, 'base64url')

/** Login attempts with their data sealed, each version for itself: an older one is not taken for a newer. */
export const encryptAttempts = (attempts: AttemptsPort, sealer: Sealer): AttemptsPort => {
  const contextOf = (token: string, version: number) => ['attempts', 'data', token, version]
  const seal = (token: string, version: number, data: Json) =>
    sealer.seal(contextOf(token, version), JSON.stringify(data))

  return {
    create: (uid, data, ttlSeconds) => {
      const token = tokenOf(uid)
      return attempts.create(token, seal(token, 1, data), ttlSeconds)
    },
    find: async uid => {
      const token = tokenOf(uid)
      const found = await attempts.find(token)
      if (found === undefined) return undefined
      const { version, data } = found
      return { version, data: JSON.parse(sealer.open(contextOf(token, version), data as string)) as Json }
    },
    transition: (uid, version, data) => {
      const token = tokenOf(uid)
      return attempts.transition(token, version, seal(token, version + 1, data))
    },
  }
}
