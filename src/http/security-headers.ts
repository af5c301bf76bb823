import type { Middleware } from 'koa'

/**
 * Everything from PIAS itself, nothing inline. No `form-action`: browsers apply it to every hop of the redirect chain
 * after a POST, which ends at the app.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sets the security headers before anything else runs, because oidc-provider only extends a policy that is there. */
export const securityHeaders = (options: { https: boolean }): Middleware => {
  const headers: Record<string, string> = {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
    ...(options.https ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  }
  return async (ctx, next) => {
    ctx.set(headers)
    await next()
  }
}
