import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * Where somebody else was logged in meanwhile, in another tab, the library answers a login with a page that submits
 * itself to log that person out. We end that session ourselves and go the same way again, without a page: the
 * interaction with its result is still there.
 */
export const replaceOtherPerson: Middleware = async (ctx, next) => {
  await next()
  const { oidc } = ctx as KoaContextWithOIDC
  // The library's only page on these routes but an answer by form_post; errors have a status of their own.
  const resumes = oidc?.route === 'resume' || oidc?.route === 'device_resume'
  if (!resumes || ctx.status !== 200 || ctx.state.ownPage || ctx.state.appAnswered) return
  await oidc.session?.destroy()
  ctx.body = null
  ctx.status = 303
  ctx.redirect(oidc.urlFor(oidc.route, ctx.params))
}
