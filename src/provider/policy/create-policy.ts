import { interactionPolicy } from 'oidc-provider'
import { accountGone, askOnce, loginCheck, tooOld, tooWeak } from './login-checks.ts'

const { base, Prompt } = interactionPolicy

/** The library knows exact levels only, and none that are essential beside `acr_values`: `tooWeak` is instead of them. */
const REPLACED = ['essential_acrs', 'essential_acr']

/**
 * Which prompts an authorization request needs (oidc-provider: interactions.policy). The library's own checks, without
 * the second prompt for native clients, and with more that ask for a login: where the session's account is gone (else
 * such a person is stuck until the cookies are cleared), where the session comes from an upstream that this client does
 * not accept, and where it is too weak or too old for the request.
 * @see docs/decisions/0026-what-a-session-is-good-for.md
 */
export const createPolicy = (mayUseUpstream: (clientId: string, upstream: string) => boolean) => {
  const policy = base()
  policy.get('consent')?.checks.remove('native_client_prompt')
  // First, so that it is asked before a session is used (Initiating User Registration via OpenID Connect 1.0, 4).
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  const login = policy.get('login')?.checks
  if (login === undefined) throw new Error('the library has no login prompt any more')
  for (const reason of REPLACED) login.remove(reason)
  login.add(loginCheck('account_gone', accountGone))
  login.add(
    // A session is worth what its upstream is worth: `amr` names it (see steps/finish.ts).
    loginCheck('upstream_not_allowed', ({ oidc: { session, client } }) => {
      if (session?.accountId === undefined || client === undefined) return false
      return session.amr?.some(method => mayUseUpstream(client.clientId, method)) !== true
    }),
  )
  for (const check of login) askOnce(check)
  login.add(tooWeak)
  login.add(tooOld)
  return policy
}
