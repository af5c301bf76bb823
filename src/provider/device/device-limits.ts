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
  /** @returns seconds until all of these counters let through again; 0 while they do */
  const secondsLeft = async (counters: readonly (readonly [key: string, max: number])[]): Promise<number> => {
    const lefts = counters.map(async ([key, max]) => {
      const { hits, leftSeconds } = await limits.hitTimed(`device:${key}`, WINDOW).catch(asUnavailable)
      return hits > max ? leftSeconds : 0
    })
    return Math.max(...(await Promise.all(lefts)))
  }

  return {
    /** Counts a code that somebody entered. @throws PiasError `request.too_many` */
    guess: async (ctx: KoaContextWithOIDC): Promise<void> => {
      const left = await secondsLeft([
        [`guess:browser:${ctx.oidc.session?.uid}`, GUESSES.browser],
        [`guess:address:${addressKey(ctx.ip)}`, GUESSES.address],
        ['guess:all', GUESSES.all],
      ])
      if (left > 0) throw new PiasError('request.too_many', undefined, { retryAt: clock() + left * 1000 })
    },

    /** Counts a code that a device asks for. @throws Error `temporarily_unavailable` with status 429 */
    issue: async (ctx: KoaContextWithOIDC): Promise<void> => {
      const left = await secondsLeft([
        [`issue:address:${addressKey(ctx.ip)}`, ISSUED.address],
        [`issue:client:${ctx.oidc.client?.clientId}`, ISSUED.client],
      ])
      if (left === 0) return
      ctx.set('Retry-After', String(left))
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
