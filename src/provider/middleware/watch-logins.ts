import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'

type Entities = KoaContextWithOIDC['oidc']['entities']

/** Whether this request let an app into the session: by a code for it, or by a device that its person let in. */
const letsIn = ({ AuthorizationCode, DeviceCode }: Entities): boolean =>
  AuthorizationCode !== undefined || DeviceCode?.sessionUid !== undefined

/**
 * Notes every app that gets a code, or whose device is let in, and wants to be told of the logout, before the answer
 * leaves: no app is in a session whose end it would not hear of.
 */
export const createWatchLogins =
  (logouts: Pick<LogoutsPort, 'watch'>): Middleware =>
  async (ctx, next) => {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    const { session, client, entities } = oidc ?? {}
    if (session === undefined || entities === undefined || !letsIn(entities)) return
    if (client?.backchannelLogoutUri === undefined) return
    const { uid: sessionUid, accountId, exp } = session
    const sid = session.sidFor(client.clientId)
    if (accountId === undefined || sid === undefined || exp === undefined) return
    const notice = { sid, sessionUid, clientId: client.clientId, accountId: accountId as never }
    await logouts.watch(notice, exp * 1000).catch(asUnavailable)
  }
