import { interactionPolicy } from 'oidc-provider'
import { keepOfflineAccess } from './offline-access.ts'

const { base, Check, Prompt } = interactionPolicy

/**
 * Which prompts an authorization request needs (oidc-provider: interactions.policy). The library's own checks, without
 * the second prompt for native clients, and with one for sessions whose account is gone: else such a person is stuck
 * until the cookies are cleared. A session from an upstream that this client does not accept is not used either.
 */
export const createPolicy = (mayUseUpstream: (clientId: string, upstream: string) => boolean) => {
  const policy = base()
  policy.get('consent')?.checks.remove('native_client_prompt')
  // First, so that it is asked before a session is used (Initiating User Registration via OpenID Connect 1.0, 4).
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  const login = policy.get('login')?.checks
  login?.add(
    new Check('account_gone', 'End-User authentication is required', 'login_required', ctx => {
      const gone = ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined
      return gone ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    }),
  )
  login?.add(
    // A session is worth what its upstream is worth: `amr` names it (see steps/finish.ts).
    new Check('upstream_not_allowed', 'End-User authentication is required', 'login_required', ctx => {
      const { session, client } = ctx.oidc
      if (session?.accountId === undefined || client === undefined) return Check.NO_NEED_TO_PROMPT
      const allowed = session.amr?.some(method => mayUseUpstream(client.clientId, method))
      return allowed ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    }),
  )
  // Never asks for anything: the checks are what runs on every request before its parameters are stored.
  login?.add(
    new Check('offline_access', 'never needed', ctx => {
      keepOfflineAccess(ctx)
      return Check.NO_NEED_TO_PROMPT
    }),
  )
  return policy
}
