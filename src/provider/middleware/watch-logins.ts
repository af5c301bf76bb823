import type { Context, Middleware } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'

type Entities = KoaContextWithOIDC['oidc']['entities']

/** Whether this request let an app into the session: by an answer for it, or by a device that its person let in. */
const letsIn = (ctx: Context, { DeviceCode }: Entities): boolean =>
  ctx.state.appAnswered === true || DeviceCode?.sessionUid !== undefined

/** Marks the requests that gave an app what it asked for, whether that is a code or an ID token. */
export const markAnswers = (provider: Provider): void => {
  provider.on('authorization.success', ctx => {
    ctx.state.appAnswered = true
  })
}

/**
 * Notes every app that gets an answer, or whose device is let in, and wants to be told of the logout, before the answer
 * leaves: no app is in a session whose end it would not hear of.
 */
export const createWatchLogins =
  (logouts: Pick<LogoutsPort, 'watch'>): Middleware =>
  async (ctx, next) => {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    const { session, client, entities } = oidc ?? {}
    if (session === undefined || entities === undefined || !letsIn(ctx, entities)) return
    if (client?.backchannelLogoutUri === undefined) return
    const { uid: sessionUid, accountId, exp } = session
    const sid = session.sidFor(client.clientId)
    if (accountId === undefined || sid === undefined || exp === undefined) return
    const notice = { sid, sessionUid, clientId: client.clientId, accountId: accountId as never }
    await logouts.watch(notice, exp * 1000).catch(asUnavailable)
  }
