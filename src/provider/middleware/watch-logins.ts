import type { Context, Middleware } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import { knownBy, lookedUpIn } from '#src/provider/subjects.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
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
  ({ logouts, accounts }: { logouts: Pick<LogoutsPort, 'watch'>; accounts: Pick<AccountsPort, 'find'> }): Middleware =>
  async (ctx, next) => {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    const { session, client, entities } = oidc ?? {}
    if (session === undefined || entities === undefined || !letsIn(ctx, entities)) return
    if (client?.backchannelLogoutUri === undefined) return
    const { uid: sessionUid, accountId, exp } = session
    const sid = session.sidFor(client.clientId)
    if (accountId === undefined || sid === undefined || exp === undefined) return
    const { clientId } = client
    const id = accountId as AccountId
    const account = lookedUpIn(ctx as KoaContextWithOIDC, id) ?? (await accounts.find(id).catch(asUnavailable))
    // By the time of the logout the account may be without the part that the app knows.
    const known = account && (await knownBy(account, clientId, accounts.find))
    const subjectOf = known === undefined || known.id === id ? {} : { subjectOf: known.id }
    const notice = { sid, sessionUid, clientId, accountId: id, ...subjectOf }
    await logouts.watch(notice, exp * 1000).catch(asUnavailable)
  }
