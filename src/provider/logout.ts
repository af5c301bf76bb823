import type { Context, Middleware } from 'koa'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'

/**
 * What the logout pages show; `action` and `xsrf` make the form of the question, `apps` are the names of all that ends.
 * `clientId`: whose dress they wear.
 */
export type LogoutPages = {
  ask(
    ctx: Context,
    model: { action: string; xsrf: string; clientName?: string; apps?: string[] },
    clientId?: string,
  ): void
  done(ctx: Context, model: { clientName?: string; appUrl?: string }, clientId?: string): void
}

type LogoutState = { secret?: string; postLogoutRedirectUri?: string; state?: string }

const clientName = (ctx: KoaContextWithOIDC) => {
  const name = ctx.oidc.client?.clientName
  return name === undefined ? {} : { clientName: name }
}

/** A client whose file is gone or broken has no name any more, and its session ends like the others. */
const nameOf = async ({ oidc }: KoaContextWithOIDC, clientId: string): Promise<string | undefined> => {
  try {
    return (await oidc.provider.Client.find(clientId))?.clientName
  } catch (error) {
    if (error instanceof errors.InvalidClient) return undefined
    throw error
  }
}

/** The apps of the session. One alone is the app that asks: there is nothing to list. */
const appsOf = async (ctx: KoaContextWithOIDC): Promise<{ apps?: string[] }> => {
  const ids = Object.keys(ctx.oidc.session?.authorizations ?? {})
  const names = (await Promise.all(ids.map(id => nameOf(ctx, id)))).filter(name => name !== undefined)
  return names.length > 1 ? { apps: names.sort() } : {}
}

/** RP-initiated logout with our own pages (OpenID Connect RP-Initiated Logout 1.0). */
export const createLogoutFeature = (pages: LogoutPages) => ({
  enabled: true,
  logoutSource: async (ctx: KoaContextWithOIDC) => {
    const { secret } = (ctx.oidc.session?.state ?? {}) as LogoutState
    const form = { action: ctx.oidc.urlFor('end_session_confirm'), xsrf: secret ?? '' }
    pages.ask(ctx, { ...form, ...clientName(ctx), ...(await appsOf(ctx)) }, ctx.oidc.client?.clientId)
  },
  postLogoutSuccessSource: async (ctx: KoaContextWithOIDC) => {
    const appUrl = ctx.oidc.client?.pias_app_uri as string | undefined
    const app = appUrl === undefined ? {} : { appUrl }
    pages.done(ctx, { ...clientName(ctx), ...app }, ctx.oidc.client?.clientId)
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
