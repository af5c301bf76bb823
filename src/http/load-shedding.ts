import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/** From where on a node takes no more: requests at the same time, and milliseconds that its event loop is late. */
type LoadLimits = { readonly maxInFlight: number; readonly maxEventLoopDelayMs: number }

/** Refused only beyond so many times the limits. */
const HEADROOM = 2

const PROTECTED = new Set(['/token', '/jwks', '/.well-known/openid-configuration'])

/** What others depend on and what costs little: logins that are nearly done, apps that refresh, keys of PIAS. */
const isProtected = (path: string): boolean => PROTECTED.has(path) || path.startsWith('/upstream/')

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * Turns requests away while there are too many, so that those inside are answered in time instead of all too late.
 * A store or an upstream that is slow fills a node up no further than that. A request counts from the moment it is
 * there with its body: whoever sends one slowly, or never ends it, takes nobody's place.
 * @returns middleware that throws PiasError `server.overloaded` (503 with `Retry-After`)
 */
export const createLoadShedding = (limits: LoadLimits, eventLoopDelayMs: () => number): Middleware => {
  let inFlight = 0
  return async ({ path, req }, next) => {
    const share = isProtected(path) ? HEADROOM : 1
    if (inFlight >= limits.maxInFlight * share || eventLoopDelayMs() >= limits.maxEventLoopDelayMs * share) {
      throw new PiasError('server.overloaded')
    }
    let counted = false
    const count = (): void => {
      counted = true
      inFlight++
    }
    if (hasBody(req)) req.once('end', count)
    else count()
    try {
      await next()
    } finally {
      req.off('end', count)
      if (counted) inFlight--
    }
  }
}
