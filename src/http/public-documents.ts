import { createHash } from 'node:crypto'
import type { Context, Middleware } from 'koa'

/** The same body has the same tag on every node, so that a client that has it is told so in a few bytes (RFC 9110, 13.1.2). */
const answerByTag = (ctx: Context): void => {
  ctx.body = Buffer.from(typeof ctx.body === 'string' ? ctx.body : JSON.stringify(ctx.body))
  ctx.set(
    'ETag',
    `"${createHash('sha256')
      .update(ctx.body as Buffer)
      .digest('base64url')}"`,
  )
  if (ctx.fresh) ctx.status = 304
}

/**
 * Lets clients keep discovery for five minutes and keys for as long as a new key is published ahead of its use,
 * and ask again whether they changed. Runs around oidc-provider, which sets no caching
 * headers and ends the request after its routes.
 * @param options.jwksMaxAge in seconds
 */
export const createPublicDocuments = ({ jwksMaxAge }: { jwksMaxAge: number }): Middleware => {
  const discovery = 'public, max-age=300, stale-while-revalidate=60'
  const caching = new Map([
    ['/.well-known/openid-configuration', discovery],
    ['/.well-known/oauth-authorization-server', discovery],
    ['/jwks', `public, max-age=${jwksMaxAge}`],
  ])
  return async (ctx, next) => {
    await next()
    const kept = ctx.status === 200 ? caching.get(ctx.path) : undefined
    if (kept === undefined) return
    ctx.set('Cache-Control', kept)
    answerByTag(ctx)
  }
}
