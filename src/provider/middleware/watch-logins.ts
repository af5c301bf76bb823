import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'

/**
 * Notes every app that gets a code and wants to be told of the logout, before the code leaves: no app is in a session
 * whose end it would not hear of.
 */
export const createWatchLogins =
  (logouts: Pick<LogoutsPort, 'watch'>): Middleware =>
  async (ctx, next) => {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    const { session, client, entities } = oidc ?? {}
    if (session === undefined || entities?.AuthorizationCode === undefined) return
    if (client?.backchannelLogoutUri === undefined) return
    const { uid: sessionUid, accountId, exp } = session
    const sid = session.sidFor(client.clientId)
    if (accountId === undefined || sid === undefined || exp === undefined) return
    const notice = { sid, sessionUid, clientId: client.clientId, accountId: accountId as never }
    await logouts.watch(notice, exp * 1000).catch(asUnavailable)
  }
