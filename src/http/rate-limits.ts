import type { Middleware } from 'koa'
import { addressKey, isLoopback, networkKey } from '#src/kernel/address-ranges.ts'
import { PiasError } from '#src/kernel/errors.ts'

/** Counts requests by where they come from. */
type Limiter = {
  count(subject: 'address' | 'network', id: string): boolean
  isReached(subject: 'address' | 'network', id: string): boolean
  /** Seconds until all are let through again. */
  secondsLeft(): number
}

/**
 * Where apps call from their servers, many for one address, and are limited by who they are. Of an address only what
 * fails is counted here: guessing. Written in another way, a path is one of people, where everything counts.
 */
const OF_MACHINES = new Set(['/token', '/request', '/me', '/token/introspection', '/token/revocation', '/device/auth'])

/**
 * Limits requests by address (of IPv6 the /64 that one connection has) and by network (/24, /48). This very machine is
 * not limited: a bench, a health check, a development server.
 * @returns middleware that throws PiasError `request.too_many` (429 with `Retry-After`)
 */
export const rateLimits =
  ({ count, isReached, secondsLeft }: Limiter): Middleware =>
  async (ctx, next) => {
    if (isLoopback(ctx.ip)) return next()
    const [address, network] = [addressKey(ctx.ip), networkKey(ctx.ip)]
    if (isReached('address', address) || isReached('network', network)) {
      ctx.set('Retry-After', String(secondsLeft()))
      throw new PiasError('request.too_many')
    }
    const countOne = () => {
      count('address', address)
      count('network', network)
    }
    if (!OF_MACHINES.has(ctx.path)) {
      countOne()
      return next()
    }
    try {
      await next()
      if (ctx.status >= 400) countOne()
    } catch (error) {
      countOne()
      throw error
    }
  }
