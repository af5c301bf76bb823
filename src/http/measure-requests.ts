import type { Middleware } from 'koa'

/** A request that was answered; `route` is a template, never a path. */
export type AnsweredRequest = { readonly method: string; readonly route: string; readonly status: number }

/** Paths that are their own template. */
const FIXED = new Set([
  '/auth',
  '/request',
  '/token',
  '/token/introspection',
  '/token/revocation',
  '/me',
  '/jwks',
  '/reg',
  '/device',
  '/device/auth',
  '/session/end',
  '/session/end/confirm',
  '/session/end/success',
  '/livez',
  '/readyz',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
])

/** Others are `_OTHER` (OpenTelemetry, HTTP spans: `http.request.method`). */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

/** What the router matched or the library calls it; nobody makes up templates by asking for paths. */
const routeOf = (ctx: { path: string; _matchedRoute?: unknown; oidc?: { route?: string } }): string => {
  if (FIXED.has(ctx.path)) return ctx.path
  if (typeof ctx._matchedRoute === 'string') return ctx._matchedRoute
  if (ctx.path.startsWith('/assets/')) return '/assets/:file'
  return ctx.oidc?.route ?? 'other'
}

/** Tells of every answered request how long it took, in seconds; goes before everything else. */
export const measureRequests =
  (record: (seconds: number, request: AnsweredRequest) => void): Middleware =>
  async (ctx, next) => {
    const begun = performance.now()
    try {
      await next()
    } finally {
      const method = METHODS.has(ctx.method) ? ctx.method : '_OTHER'
      record((performance.now() - begun) / 1000, { method, route: routeOf(ctx as never), status: ctx.status })
    }
  }
