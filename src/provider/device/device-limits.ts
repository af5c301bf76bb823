import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { addressKey } from '#src/kernel/address-ranges.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** Seconds that a device waits between two polls, told with its code (RFC 8628, 3.2). */
export const POLL_INTERVAL = 5
/** The network may bring two polls closer together than they were sent. */
const POLL_WINDOW = POLL_INTERVAL - 1

/** What is counted below is counted over this time, in seconds: the life of a code. */
const WINDOW = 600

/** Codes that may be entered; who enters a right one needs two, one to see what it is for and one to confirm. */
const GUESSES = { browser: 20, address: 100, all: 10_000 } as const
/** Codes that may be issued; behind one address are the devices of a household. */
const ISSUED = { address: 30, client: 10_000 } as const

const tooMany = (): never => {
  const error = new errors.CustomOIDCProviderError('temporarily_unavailable', 'too many codes, try again later')
  throw Object.assign(error, { status: 429, statusCode: 429 })
}

/**
 * Limits of the device grant (RFC 8628, 5.1 and 5.2), counted in the store over all nodes. Counting comes before the
 * look at a code, so that parallel guesses do not get more tries.
 * @see docs/decisions/0032-device-grant.md
 */
export const createDeviceLimits = (limits: LimitsPort, clock: Clock) => {
  const exceeds = async (counters: readonly (readonly [key: string, max: number])[]): Promise<boolean> => {
    const counts = await Promise.all(
      counters.map(async ([key, max]) => (await limits.hit(`device:${key}`, WINDOW).catch(asUnavailable)) > max),
    )
    return counts.includes(true)
  }

  return {
    /** Counts a code that somebody entered. @throws PiasError `request.too_many` */
    guess: async (ctx: KoaContextWithOIDC): Promise<void> => {
      const tooMuch = await exceeds([
        [`guess:browser:${ctx.oidc.session?.uid}`, GUESSES.browser],
        [`guess:address:${addressKey(ctx.ip)}`, GUESSES.address],
        ['guess:all', GUESSES.all],
      ])
      // The window may have begun earlier; it is over by then in any case.
      if (tooMuch) throw new PiasError('request.too_many', undefined, { retryAt: clock() + WINDOW * 1000 })
    },

    /** Counts a code that a device asks for. @throws Error `temporarily_unavailable` with status 429 */
    issue: async (ctx: KoaContextWithOIDC): Promise<void> => {
      const tooMuch = await exceeds([
        [`issue:address:${addressKey(ctx.ip)}`, ISSUED.address],
        [`issue:client:${ctx.oidc.client?.clientId}`, ISSUED.client],
      ])
      if (!tooMuch) return
      ctx.set('Retry-After', String(WINDOW))
      tooMany()
    },

    /** Counts a poll for a code that waits. @throws Error `slow_down` when the last one was just before */
    poll: async (codeId: string): Promise<void> => {
      const polls = await limits.hit(`device:poll:${codeId}`, POLL_WINDOW).catch(asUnavailable)
      if (polls > 1) throw new errors.SlowDown()
    },
  }
}

export type DeviceLimits = ReturnType<typeof createDeviceLimits>
