import { PiasError } from '#src/kernel/errors.ts'

/** How long unwrapped keys may be used: as long as the key-encryption key keeps saying so. */
export type Lease = {
  /** @throws PiasError `store.unavailable` once it has run out */
  check(): void
  end(): void
}

/** A lease is asked for anew long before it runs out, so that a few lost calls cost nothing. */
const ASKED_PER_LEASE = 10

/** For a key-encryption key that is read once and kept, such as a file. */
export const ENDLESS_LEASE: Lease = { check: () => undefined, end: () => undefined }

/**
 * A lease that runs out `seconds` after the key-encryption key last answered, and begins again when it does. It is asked
 * by a timer and not by logins, so that none of them waits.
 * @param options.ask unwraps a key, whichever
 * @param options.onTrouble told each time that fails
 */
export const createLease = (options: {
  seconds: number
  ask: () => Promise<unknown>
  onTrouble?: ((error: unknown) => void) | undefined
}): Lease => {
  const { seconds, ask, onTrouble } = options
  const length = seconds * 1000
  let ends = performance.now() + length
  let asking = false

  const renew = async (): Promise<void> => {
    if (asking) return
    asking = true
    // What was asked before a revocation may be answered after it.
    const asked = performance.now()
    try {
      await ask()
      ends = asked + length
    } catch (error) {
      onTrouble?.(error)
    } finally {
      asking = false
    }
  }

  const timer = setInterval(renew, length / ASKED_PER_LEASE).unref()
  return {
    check: () => {
      if (performance.now() < ends) return
      throw new PiasError('store.unavailable', `the key-encryption key has not answered for ${seconds} seconds`)
    },
    end: () => clearInterval(timer),
  }
}
