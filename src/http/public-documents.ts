import type { Middleware } from 'koa'

const DOCUMENTS = new Set(['/.well-known/openid-configuration', '/jwks'])

/**
 * Lets clients keep discovery and keys for five minutes (admin-and-operations.md, R2). Runs around oidc-provider,
 * which sets no caching headers and ends the request after its routes.
 */
export const publicDocuments: Middleware = async (ctx, next) => {
  await next()
  if (ctx.status !== 200 || !DOCUMENTS.has(ctx.path)) return
  ctx.set('Cache-Control', 'public, max-age=300, stale-while-revalidate=60')
}
