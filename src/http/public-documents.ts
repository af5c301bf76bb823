import type { Middleware } from 'koa'

/**
 * Lets clients keep discovery for five minutes and keys for as long as a new key is published ahead of its use
 * (admin-and-operations.md, R2). Runs around oidc-provider, which sets no caching headers and ends the request after its
 * routes.
 * @param options.jwksMaxAge in seconds
 */
export const createPublicDocuments = ({ jwksMaxAge }: { jwksMaxAge: number }): Middleware => {
  const caching = new Map([
    ['/.well-known/openid-configuration', 'public, max-age=300, stale-while-revalidate=60'],
    ['/jwks', `public, max-age=${jwksMaxAge}`],
  ])
  return async (ctx, next) => {
    await next()
    const kept = ctx.status === 200 ? caching.get(ctx.path) : undefined
    if (kept !== undefined) ctx.set('Cache-Control', kept)
  }
}
