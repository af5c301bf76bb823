import { type AttemptEnd, endAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, Acr, VerifiedIdentity } from '#src/kernel/identity.ts'

/**
 * A login as the provider's session keeps it; `authTime` in epoch seconds. `since`: a moment before it was looked up whose
 * account it is, in epoch milliseconds: what ends the logins of the account after that ends this one, too, however long the
 * browser keeps it back.
 */
export type AccountLogin = {
  accountId: AccountId
  acr: Acr
  amr: readonly string[]
  authTime: number
  since: number
}

const conclude = async (
  deps: StepDeps,
  from: Versioned,
  end: AttemptEnd,
  result: Parameters<StepDeps['finish']>[1],
) => {
  const returnTo = await deps.finish(from.attempt.uid, result)
  if (returnTo === undefined) throw new PiasError('interaction.expired', 'the interaction is gone at the provider')
  const { connected } = from.attempt
  // Of two that end it both lead back to the provider; one that only tried something meanwhile does not keep it open.
  const ended = await deps.attempts.change(from, attempt => {
    if (attempt.end !== undefined && attempt.end.kind !== 'stopped') return undefined
    return endAttempt({ ...attempt, ...(connected && { connected }) }, end)
  })
  if (ended !== undefined && from.attempt.consent === undefined)
    deps.count(end.kind === 'cancelled' ? 'left' : 'finished', from.attempt)
  return returnTo
}

/** The login of somebody whom the upstream vouched for. */
export const loginByUpstream = (
  accountId: AccountId,
  { acr, amr, authTime, upstream }: VerifiedIdentity,
  since: number,
): AccountLogin =>
  // The upstream's id is one of the methods: apps see who vouched, and a session tells where it came from.
  ({ accountId, acr, amr: [...amr, upstream], authTime, since })

/**
 * Hands the login to the provider, only after everything it rests on is written (no session before the
 * link is committed).
 * @returns where the browser goes
 * @throws PiasError `interaction.expired`
 */
export const finishLogin = (deps: StepDeps, from: Versioned, login: AccountLogin): Promise<string> =>
  conclude(deps, from, { kind: 'logged-in', accountId: login.accountId }, { login })

/**
 * Logs in by the door of every login, after something was bound to the account: claims are taken over, and who is blocked
 * is refused.
 * @returns where the browser goes; undefined where the identity has no account that lets in
 */
export const enterAccount = async (
  deps: StepDeps,
  from: Versioned,
  identity: VerifiedIdentity,
): Promise<string | undefined> => {
  const since = deps.clock()
  const resolution = await deps.resolveLink(identity, { clientId: from.attempt.clientId, linking: 'off' })
  if (resolution.kind !== 'known') return undefined
  return finishLogin(deps, from, loginByUpstream(resolution.accountId, identity, since))
}

/** The person leaves: the app gets `access_denied` (OIDC Core 3.1.2.6). */
export const cancelLogin = (deps: StepDeps, from: Versioned): Promise<string> =>
  conclude(deps, from, { kind: 'cancelled' }, { error: 'access_denied', description: 'the person cancelled' })
