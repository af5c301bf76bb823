import type { Middleware } from 'koa'

/** No script at all; `form-action` is left out because it would also forbid the redirect back to the app. */
const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Headers of every answer. */
export const securityHeaders: Middleware = (ctx, next) => {
  ctx.set({
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  return next()
}
