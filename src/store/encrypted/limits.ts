import type { BlindIndex } from '#src/crypto/envelope/blind-index.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** Counters under tokens: what is counted may be an address or a person. */
export const encryptLimits = (limits: LimitsPort, token: BlindIndex): LimitsPort => ({
  hit: (key, ...rest) => limits.hit(token(key), ...rest),
  hitTimed: (key, ...rest) => limits.hitTimed(token(key), ...rest),
})
