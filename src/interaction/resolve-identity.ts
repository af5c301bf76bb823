import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { awaitPerson, failLeg } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'
import { finishLogin, loginByUpstream } from './steps/finish.ts'

const resolve = async (deps: StepDeps, taken: Versioned, identity: VerifiedIdentity): Promise<string | undefined> => {
  const resolution = await deps.resolveLink(identity, { clientId: taken.attempt.clientId })
  if (resolution.kind !== 'unresolved') {
    return finishLogin(deps, taken, loginByUpstream(resolution.accountId, identity))
  }
  // Overtaken by "cancel": the dispatcher reads what is stored now.
  await deps.attempts.tryTransition(taken, awaitPerson(taken.attempt, identity))
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
