import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** Puts the metadata right (RFC 8414; OpenID Connect Discovery 1.0, 3): nothing that PIAS does not do, no empty lists. */
export const correctDiscovery: Middleware = async (ctx, next) => {
  await next()
  if ((ctx as KoaContextWithOIDC).oidc?.route !== 'discovery') return
  const body = ctx.body as { response_types_supported: readonly string[] }
  // The library has all three whatever its settings; only tokens that come by the browser need the fragment.
  const fragment = body.response_types_supported.some(type => type !== 'code') ? ['fragment'] : []
  const metadata = Object.entries({ ...body, response_modes_supported: ['query', 'form_post', ...fragment] })
  ctx.body = Object.fromEntries(metadata.filter(([, value]) => !(Array.isArray(value) && value.length === 0)))
}
