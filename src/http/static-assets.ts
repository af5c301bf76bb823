import type { Middleware } from 'koa'
import type { Assets } from '#src/pages/assets.ts'

/** Serves the pages' styles and scripts. Their address changes with their content, so browsers keep them for a year. */
export const staticAssets =
  (assets: Assets): Middleware =>
  async (ctx, next) => {
    const asset = ctx.method === 'GET' || ctx.method === 'HEAD' ? assets.find(ctx.path) : undefined
    if (asset === undefined) return next()
    ctx.set({ 'Cache-Control': 'public, max-age=31536000, immutable', ETag: asset.etag, Vary: 'Accept-Encoding' })
    ctx.type = asset.type
    ctx.status = 200
    if (ctx.fresh) {
      ctx.status = 304
      return
    }
    const gzip = ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
    if (gzip) ctx.set('Content-Encoding', 'gzip')
    ctx.body = gzip ? asset.gzip : asset.body
  }
