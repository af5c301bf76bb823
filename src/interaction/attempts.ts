import type { Json } from '#src/kernel/runtime.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'
import type { LoginAttempt } from './attempt.ts'

/** An attempt with the version its next transition must name. */
export type Versioned = { readonly version: number; readonly attempt: LoginAttempt }

/** What an attempt becomes. */
type Change = (attempt: LoginAttempt) => LoginAttempt | undefined | Promise<LoginAttempt | undefined>

/** Login attempts, typed, over the store's port. */
export type Attempts = {
  create(attempt: LoginAttempt): Promise<void>
  find(uid: string): Promise<Versioned | undefined>
  /** @returns the attempt with its new version, or undefined when another request was faster */
  tryTransition(from: Versioned, to: LoginAttempt): Promise<Versioned | undefined>
  /**
   * Changes an attempt as it is by then, whoever was faster: `to` is asked anew about what others made of it, and says
   * undefined where there is nothing to change any more.
   * @returns the changed attempt; undefined when `to` said so, or the attempt is gone
   */
  change(from: Versioned, to: Change): Promise<Versioned | undefined>
}

/** @param ttlSeconds how long a person has for one login */
export const createAttempts = (port: AttemptsPort, ttlSeconds: number): Attempts => {
  const find: Attempts['find'] = async uid => {
    const stored = await port.find(uid)
    if (stored === undefined) return undefined
    return { version: stored.version, attempt: stored.data as unknown as LoginAttempt }
  }
  const tryTransition: Attempts['tryTransition'] = async (from, to) => {
    const outcome = await port.transition(to.uid, from.version, to as unknown as Json)
    return outcome === 'ok' ? { version: from.version + 1, attempt: to } : undefined
  }
  return {
    create: async attempt => {
      await port.create(attempt.uid, attempt as unknown as Json, ttlSeconds)
    },
    find,
    tryTransition,
    change: async (from, to) => {
      // Each round more means that another request has moved the attempt on, which happens so often and no more.
      for (let seen: Versioned | undefined = from; seen !== undefined; seen = await find(from.attempt.uid)) {
        const next = await to(seen.attempt)
        const changed = next && (await tryTransition(seen, next))
        if (next === undefined || changed !== undefined) return changed
      }
      return undefined
    },
  }
}
