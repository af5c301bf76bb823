import Provider, { type AuthorizationCode } from 'oidc-provider'
import type { Redemptions } from './redemption.ts'

/** `find` as the library has it; its types leave one option out. */
type FindCode = (
  value: string,
  options?: { ignoreExpiration?: boolean; ignoreSessionBinding?: boolean },
) => Promise<AuthorizationCode | undefined>

/**
 * Lets the session that a code is bound to be looked at together with the code's consumption (redemption.ts). The check
 * is the library's own (`checkSessionBinding` of its models): the session is there, belongs to the same account, and
 * still holds the code's grant for this client.
 */
export const checkCodeSessionsLate = (provider: Provider, redemptions: Pick<Redemptions, 'checkSession'>): void => {
  const codes = provider.AuthorizationCode as unknown as { find: FindCode }
  const find = codes.find.bind(codes)
  // As it is now, without a look at the sessions that were ended (ended-sessions.ts): the code was issued after one, and
  // a code from before a failover is refused by itself.
  const findSession = provider.Session.findByUid.bind(provider.Session)

  const isSessionOf = async ({ sessionUid, accountId, clientId, grantId }: AuthorizationCode): Promise<boolean> => {
    if (sessionUid === undefined || clientId === undefined) return false
    const session = await findSession(sessionUid)
    return session !== undefined && session.accountId === accountId && session.grantIdFor(clientId) === grantId
  }

  codes.find = async (value, options = {}) => {
    if (Provider.ctx?.oidc.route !== 'token') return find(value, options)
    const code = await find(value, { ...options, ignoreSessionBinding: true })
    if (code?.expiresWithSession) redemptions.checkSession(() => isSessionOf(code))
    return code
  }
}
