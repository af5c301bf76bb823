import { hkdfSync } from 'node:crypto'
import { createBoundedCache } from '#src/kernel/bounded-cache.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { createSealer, KEY_BYTES, type Sealer } from './sealer.ts'

const DAY_MS = 24 * 3600 * 1000
/** Nearly everything that is read was written today or yesterday; refresh tokens are older. */
const DAYS_KEPT = 40

/**
 * Seals with a key of the day, derived from one key (HKDF, RFC 5869), for what is written all the time: a key may seal
 * 2^32 texts, which a busy night of logins would take a few months to reach. The day stands before the text.
 */
export const createDailySealer = (key: Uint8Array, clock: Clock): Sealer => {
  const sealers = createBoundedCache<string, Sealer>({ max: DAYS_KEPT })

  const sealerOf = (day: string): Sealer => {
    const known = sealers.get(day)
    if (known !== undefined) return known
    const derived = createSealer(new Uint8Array(hkdfSync('sha256', key, '', `pias day ${day}`, KEY_BYTES)))
    sealers.set(day, derived)
    return derived
  }

  return {
    seal: (context, text) => {
      const day = Math.floor(clock() / DAY_MS).toString(36)
      return `${day}.${sealerOf(day).seal(context, text)}`
    },
    open: (context, sealed) => {
      const dot = sealed.indexOf('.')
      return sealerOf(sealed.slice(0, dot)).open(context, sealed.slice(dot + 1))
    },
  }
}
