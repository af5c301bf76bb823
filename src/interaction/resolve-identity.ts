import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { awaitPerson, endAttempt, failLeg } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import { connect } from './connect-login.ts'
import type { StepDeps } from './deps.ts'
import { finishLogin, loginByUpstream } from './steps/finish.ts'

const resolve = async (deps: StepDeps, taken: Versioned, identity: VerifiedIdentity): Promise<string | undefined> => {
  // Before anything is looked up: what ends logins from here on ends this one.
  const since = deps.clock()
  // Asked for with the policy, in one round trip; nothing comes of it before the policy allows it.
  const known = deps.findKnown(identity.key)
  known.catch(() => undefined)
  const { methods, linking } = await deps.allowedFor(taken.attempt)
  if (!methods.includes('upstream')) {
    // Taken away from everybody while the person was there.
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, 'upstream.unavailable'))
    return undefined
  }
  if (taken.attempt.password !== undefined) return connect(deps, taken, identity, taken.attempt.password)
  const resolution = await deps.resolveLink(identity, { clientId: taken.attempt.clientId, linking, known })
  if (resolution.kind === 'refused') {
    const stopped = { kind: 'stopped', code: 'account.refused' } as const
    await deps.attempts.tryTransition(taken, endAttempt(taken.attempt, stopped))
    return undefined
  }
  if (resolution.kind !== 'unresolved') {
    deps.count(resolution.kind, taken.attempt)
    if (resolution.kind === 'linked') deps.count('acted-link', taken.attempt)
    return finishLogin(deps, taken, loginByUpstream(resolution.accountId, identity, since))
  }
  // Overtaken by "cancel": the dispatcher reads what is stored now.
  if (!(await deps.attempts.tryTransition(taken, awaitPerson(taken.attempt, identity)))) return undefined
  deps.count('asked', taken.attempt)
  const { decided } = resolution
  if (decided !== undefined) deps.count(`${decided.kind}-${decided.outcome}`, taken.attempt)
  return undefined
}

/**
 * Resolves who this is, and logs in whoever is certain. Everybody else is asked. Where it fails, such as while the store
 * is away, the upstream's answer is used up: whoever comes back is sent up again, at once and not only when the request
 * that took the answer counts as lost.
 * @returns where the browser goes, or undefined when a page has to speak next
 */
export const resolveIdentity = async (
  deps: StepDeps,
  taken: Versioned,
  identity: VerifiedIdentity,
): Promise<string | undefined> => {
  try {
    return await resolve(deps, taken, identity)
  } catch (error) {
    // If even this cannot be written, time tells (next-step.ts).
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, 'upstream.expired')).catch(() => undefined)
    throw error
  }
}
