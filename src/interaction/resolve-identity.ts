import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { AllowedMethods } from '#src/rollout/allowed-methods.ts'
import { awaitPerson, endAttempt, failLeg } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import { connect } from './connect-login.ts'
import type { StepDeps } from './deps.ts'
import { finishLogin, loginByUpstream } from './steps/finish.ts'

const resolve = async (
  deps: StepDeps,
  taken: Versioned,
  identity: VerifiedIdentity,
  { methods, linking }: AllowedMethods,
): Promise<string | undefined> => {
  if (!methods.includes('upstream')) {
    // Taken away from everybody while the person was there.
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, 'upstream.unavailable'))
    return undefined
  }
  if (taken.attempt.password !== undefined) return connect(deps, taken, identity, taken.attempt.password.accountId)
  const since = deps.clock()
  const resolution = await deps.resolveLink(identity, { clientId: taken.attempt.clientId, linking })
  if (resolution.kind === 'refused') {
    const stopped = { kind: 'stopped', code: 'account.refused' } as const
    await deps.attempts.tryTransition(taken, endAttempt(taken.attempt, stopped))
    return undefined
  }
  if (resolution.kind !== 'unresolved') {
    deps.count(resolution.kind, taken.attempt)
    return finishLogin(deps, taken, loginByUpstream(resolution.accountId, identity, since))
  }
  // Overtaken by "cancel": the dispatcher reads what is stored now.
  if (await deps.attempts.tryTransition(taken, awaitPerson(taken.attempt, identity))) deps.count('asked', taken.attempt)
  return undefined
}

/**
 * Resolves who this is, and logs in whoever is certain. Everybody else is asked. Where it fails, such as while the store
 * is away, the upstream's answer is used up: whoever comes back is sent up again, at once and not only when the request
 * that took the answer counts as lost.
 * @param allowed what the policy lets this attempt do, asked for while the upstream's answer was completed
 * @returns where the browser goes, or undefined when a page has to speak next
 */
export const resolveIdentity = async (
  deps: StepDeps,
  taken: Versioned,
  identity: VerifiedIdentity,
  allowed: Promise<AllowedMethods>,
): Promise<string | undefined> => {
  try {
    return await resolve(deps, taken, identity, await allowed)
  } catch (error) {
    // If even this cannot be written, time tells (next-step.ts).
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, 'upstream.expired')).catch(() => undefined)
    throw error
  }
}
