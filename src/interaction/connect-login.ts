import { endAttempt, type LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { enterAccount } from './steps/finish.ts'

const STOPS = { 'owned-elsewhere': 'link.owned_elsewhere', contradicted: 'link.contradicted' } as const

/**
 * Binds the identity to the account whose old password was right, and logs in. What does not fit together stops the
 * login: people help on.
 * @returns where the browser goes: to the page that tells what has changed; undefined where the login has stopped
 */
export const connect = async (
  deps: StepDeps,
  from: Versioned,
  identity: VerifiedIdentity,
  { accountId, at }: NonNullable<LoginAttempt['password']>,
): Promise<string | undefined> => {
  const { uid, clientId } = from.attempt
  const bound = await deps.bindLogin(identity, accountId, { clientId, enteredAt: at })
  if (bound.kind !== 'bound') {
    await deps.attempts.tryTransition(from, endAttempt(from.attempt, { kind: 'stopped', code: STOPS[bound.kind] }))
    return undefined
  }
  const { retiresAt } = bound
  const told = { ...from, attempt: { ...from.attempt, connected: { retiresAt } } }
  if ((await enterAccount(deps, told, identity)) !== undefined) {
    deps.count('linked', from.attempt)
    return `/interaction/${uid}/connected`
  }
  await deps.attempts.tryTransition(from, endAttempt(from.attempt, { kind: 'stopped', code: 'account.refused' }))
  return undefined
}
