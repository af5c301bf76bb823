import { PiasError } from '#src/kernel/errors.ts'
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
  /** As above, where being overtaken means that the person clicked twice. @throws PiasError `interaction.finished` */
  transition(from: Versioned, to: LoginAttempt): Promise<Versioned>
}

/** @param ttlSeconds how long a person has for one login */
export const createAttempts = (port: AttemptsPort, ttlSeconds: number): Attempts => {
  const tryTransition: Attempts['tryTransition'] = async (from, to) => {
    const outcome = await port.transition(to.uid, from.version, to as unknown as Json)
    return outcome === 'ok' ? { version: from.version + 1, attempt: to } : undefined
  }
  return {
    create: async attempt => {
      await port.create(attempt.uid, attempt as unknown as Json, ttlSeconds)
    },
    find: async uid => {
      const stored = await port.find(uid)
      if (stored === undefined) return undefined
      return { version: stored.version, attempt: stored.data as unknown as LoginAttempt }
    },
    tryTransition,
    transition: async (from, to) => {
      const moved = await tryTransition(from, to)
      if (moved === undefined) throw new PiasError('interaction.finished', 'another request changed this attempt')
      return moved
    },
  }
}
