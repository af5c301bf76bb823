import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** What the logout pages show; `action` and `xsrf` make the form of the question. */
export type LogoutPages = {
  ask(ctx: Context, model: { action: string; xsrf: string; clientName?: string }): void
  done(ctx: Context, model: { clientName?: string; appUrl?: string }): void
}

type LogoutState = { secret?: string; postLogoutRedirectUri?: string; state?: string }

const clientName = (ctx: KoaContextWithOIDC) => {
  const name = ctx.oidc.client?.clientName
  return name === undefined ? {} : { clientName: name }
}

/** RP-initiated logout with our own pages (OpenID Connect RP-Initiated Logout 1.0). */
export const createLogoutFeature = (pages: LogoutPages) => ({
  enabled: true,
  logoutSource: async (ctx: KoaContextWithOIDC) => {
    const { secret } = (ctx.oidc.session?.state ?? {}) as LogoutState
    pages.ask(ctx, { action: ctx.oidc.urlFor('end_session_confirm'), xsrf: secret ?? '', ...clientName(ctx) })
  },
  postLogoutSuccessSource: async (ctx: KoaContextWithOIDC) => {
    const appUrl = ctx.oidc.client?.pias_app_uri as string | undefined
    pages.done(ctx, { ...clientName(ctx), ...(appUrl === undefined ? {} : { appUrl }) })
  },
})

/**
 * Where nobody is logged in there is nothing to ask: the library would send a page that submits itself, we redirect to
 * where that page would end. The address was checked by the library before.
 */
export const skipEmptyLogout: Middleware = async (ctx, next) => {
  await next()
  const { oidc } = ctx as KoaContextWithOIDC
  if (oidc?.route !== 'end_session' || ctx.status !== 200 || oidc.session?.accountId !== undefined) return
  const { postLogoutRedirectUri, state } = (oidc.session?.state ?? {}) as LogoutState
  const target = new URL(postLogoutRedirectUri ?? oidc.urlFor('end_session_success'))
  if (postLogoutRedirectUri !== undefined && state !== undefined) target.searchParams.set('state', state)
  ctx.body = null
  ctx.status = 303
  ctx.redirect(target.href)
}
