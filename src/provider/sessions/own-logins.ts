import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import { isLoginValid } from './is-login-valid.ts'
import type { Dated, Placed } from './session-ends.ts'

/**
 * The login of the browser that asks. `authenticatedAt`: when the person was seen, `loggedInAt`: since when PIAS lets them in,
 * in epoch milliseconds; `methods` tells how (`amr`).
 */
export type OwnLogin = {
  readonly accountId: AccountId
  readonly sessionUid: string
  readonly authenticatedAt: number
  readonly loggedInAt: number
  readonly methods: readonly string[]
}

/** A session of an account with the apps in it; `since` in epoch milliseconds, 0 where nobody knows. */
export type LoginOfAccount = {
  readonly sessionUid: string
  readonly since: number
  readonly device?: string
  readonly clientIds: readonly string[]
}

type StoredGrant = Dated &
  Placed & {
    readonly jti: string
    readonly clientId: string
    readonly iat?: number
    readonly openid?: { readonly scope?: string }
  }

/** Whether an app may go on after the session, with a refresh token (OIDC Core, 11). */
const outlivesSession = ({ openid }: StoredGrant): boolean =>
  openid?.scope?.split(' ').includes('offline_access') === true

/** More apps in more browsers than anybody has; what lives longest is shown. */
const MOST = 200

/** Logins as their person sees and ends them. */
export type OwnLogins = {
  /** Who is logged in in this browser; undefined for nobody, and for a login that is worth nothing any more. */
  find(ctx: Context): Promise<OwnLogin | undefined>
  /** Where an account is logged in, the latest first. */
  list(accountId: AccountId): Promise<readonly LoginOfAccount[]>
  /** Ends one session with all that was given in it, and has its apps told. @returns whether there was one */
  end(accountId: AccountId, sessionUid: string): Promise<boolean>
}

/**
 * Looks at sessions and grants beside the library's own endpoints.
 * @param deps.current the provider of this moment
 */
export const createOwnLogins = (deps: {
  current: () => Provider
  accounts: Pick<AccountsPort, 'find'>
  grants: Pick<GrantsPort, 'findAllByUid'>
}): OwnLogins => {
  const { current, accounts, grants } = deps
  const grantsOf = async (accountId: AccountId): Promise<readonly StoredGrant[]> =>
    (await grants.findAllByUid('Grant', accountId, MOST)).map(({ payload }) => payload as StoredGrant)

  /** The sessions among those of the grants that are not over. */
  const aliveOf = async (given: readonly StoredGrant[]): Promise<ReadonlySet<string>> => {
    const uids = [...new Set(given.flatMap(({ sessionUid }) => sessionUid ?? []))]
    const found = await Promise.all(uids.map(uid => current().Session.findByUid(uid)))
    return new Set(uids.filter((_, index) => found[index]?.accountId !== undefined))
  }

  return {
    find: async ctx => {
      const session = (await current().Session.get(ctx as never)) as Awaited<
        ReturnType<InstanceType<typeof Provider>['Session']['get']>
      > &
        Dated
      const { accountId, uid: sessionUid, loginTs, loggedInAt = 0, amr: methods = [] } = session
      if (accountId === undefined) return undefined
      const account = await accounts.find(accountId as AccountId)
      if (account === undefined || !(await isLoginValid(account, () => loggedInAt))) return undefined
      return { accountId: account.id, sessionUid, authenticatedAt: (loginTs ?? 0) * 1000, loggedInAt, methods }
    },

    list: async accountId => {
      const notBefore = (await accounts.find(accountId))?.loginsNotBefore ?? 0
      const given = await grantsOf(accountId)
      const alive = await aliveOf(given)
      const sessions = new Map<string, { since: number; device?: string; clientIds: string[] }>()
      for (const grant of given) {
        const { sessionUid, clientId, device, iat = 0, loggedInAt: since = iat * 1000 } = grant
        if (sessionUid === undefined || since < notBefore) continue
        if (!alive.has(sessionUid) && !outlivesSession(grant)) continue
        const known = sessions.get(sessionUid) ?? { since, ...(device !== undefined && { device }), clientIds: [] }
        sessions.set(sessionUid, {
          ...known,
          since: Math.max(known.since, since),
          clientIds: [...new Set([...known.clientIds, clientId])],
        })
      }
      return [...sessions]
        .map(([sessionUid, session]) => ({ sessionUid, ...session }))
        .sort((a, b) => b.since - a.since)
    },

    end: async (accountId, sessionUid) => {
      const provider = current()
      const session = await provider.Session.findByUid(sessionUid)
      const given = (await grantsOf(accountId)).filter(grant => grant.sessionUid === sessionUid)
      const isOwn = session?.accountId === accountId
      if (isOwn) await session.destroy()
      // Refresh tokens outlive a session; without its grant none is worth anything.
      for (const { jti } of given) await (await provider.Grant.find(jti))?.destroy()
      return isOwn || given.length > 0
    },
  }
}
