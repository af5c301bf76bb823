import { interactionPolicy } from 'oidc-provider'
import { accountGone, askOnce, loginCheck, tooOld, tooWeak } from './login-checks.ts'

const { base, Prompt } = interactionPolicy

/** The library knows exact levels only, and none that are essential beside `acr_values`: `tooWeak` is instead of them. */
const REPLACED = ['essential_acrs', 'essential_acr']

/**
 * Whether an app accepts a session that came about by these methods: `amr` names the upstream that vouched for the person
 * (see steps/finish.ts), or how somebody logged in without one.
 */
export type MayUse = (clientId: string, methods: readonly string[]) => Promise<boolean>

/**
 * Which prompts an authorization request needs (oidc-provider: interactions.policy). The library's own checks, without
 * the second prompt for native clients, and with more that ask for a login: where the session's account is gone (else
 * such a person is stuck until the cookies are cleared), where the session came about in a way that this client does
 * not accept, and where it is too weak or too old for the request.
 * @see docs/decisions/0026-what-a-session-is-good-for.md
 */
export const createPolicy = (mayUse: MayUse) => {
  const policy = base()
  policy.get('consent')?.checks.remove('native_client_prompt')
  // First, so that it is asked before a session is used (Initiating User Registration via OpenID Connect 1.0, 4).
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  const login = policy.get('login')?.checks
  if (login === undefined) throw new Error('the library has no login prompt any more')
  for (const reason of REPLACED) login.remove(reason)
  login.add(loginCheck('account_gone', accountGone))
  login.add(
    loginCheck('upstream_not_allowed', async ({ oidc: { session, client } }) => {
      if (session?.accountId === undefined || client === undefined) return false
      return !(await mayUse(client.clientId, session.amr ?? []))
    }),
  )
  for (const check of login) askOnce(check)
  login.add(tooWeak)
  login.add(tooOld)
  return policy
}
