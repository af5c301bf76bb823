import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** Under a name that it does not know, oidc-provider refuses the mode and says so in the query. */
const UNKNOWN_MODE = 'unsupported'

/**
 * Answers go back in the query only (security.md, B). oidc-provider always has `fragment` and `form_post` too, the
 * latter a page of its own that submits itself, and errors would go that way even where a client may not ask for it.
 * Discovery is put right as well.
 */
export const queryModeOnly: Middleware = async (ctx, next) => {
  const { response_mode: mode } = ctx.query
  if (typeof mode === 'string' && mode !== '' && mode !== 'query') {
    ctx.query = { ...ctx.query, response_mode: UNKNOWN_MODE }
  }
  await next()
  if ((ctx as KoaContextWithOIDC).oidc?.route === 'discovery') {
    Object.assign(ctx.body as object, { response_modes_supported: ['query'] })
  }
}
