import type { Json } from '#src/kernel/runtime.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'
import type { LoginAttempt } from './attempt.ts'

/** An attempt with the version its next transition must name. */
export type Versioned = { readonly version: number; readonly attempt: LoginAttempt }

/** Login attempts, typed, over the store's port. */
export type Attempts = {
  create(attempt: LoginAttempt): Promise<void>
  find(uid: string): Promise<Versioned | undefined>
  /** @returns the attempt with its new version, or undefined when another request was faster */
  tryTransition(from: Versioned, to: LoginAttempt): Promise<Versioned | undefined>
}

/** @param ttlSeconds how long a person has for one login */
export const createAttempts = (port: AttemptsPort, ttlSeconds: number): Attempts => ({
  create: async attempt => {
    await port.create(attempt.uid, attempt as unknown as Json, ttlSeconds)
  },
  find: async uid => {
    const stored = await port.find(uid)
    if (stored === undefined) return undefined
    return { version: stored.version, attempt: stored.data as unknown as LoginAttempt }
  },
  tryTransition: async (from, to) => {
    const outcome = await port.transition(to.uid, from.version, to as unknown as Json)
    return outcome === 'ok' ? { version: from.version + 1, attempt: to } : undefined
  },
})
