import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** What oidc-provider says of itself whatever its settings, as PIAS has it. */
const CORRECTIONS = { response_modes_supported: ['query', 'form_post'] }

/** Puts the metadata right (RFC 8414; OpenID Connect Discovery 1.0, 3): nothing that PIAS does not do, no empty lists. */
export const correctDiscovery: Middleware = async (ctx, next) => {
  await next()
  if ((ctx as KoaContextWithOIDC).oidc?.route !== 'discovery') return
  const metadata = Object.entries({ ...(ctx.body as object), ...CORRECTIONS })
  ctx.body = Object.fromEntries(metadata.filter(([, value]) => !(Array.isArray(value) && value.length === 0)))
}
