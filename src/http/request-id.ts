import { randomBytes } from 'node:crypto'
import type { Middleware } from 'koa'

/**
 * Gives every request a reference: in `ctx.state.reference`, in the log, on error pages and in `X-Request-Id`.
 * A caller's own id is not taken over, so that nobody can write into the log.
 */
export const requestId: Middleware = async (ctx, next) => {
  const reference = randomBytes(8).toString('hex')
  ctx.state.reference = reference
  ctx.set('X-Request-Id', reference)
  await next()
}
