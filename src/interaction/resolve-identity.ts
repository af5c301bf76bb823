import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { awaitPerson } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'
import { finishLogin } from './steps/finish.ts'

/**
 * Resolves who this is, and logs in whoever is certain. Everybody else is asked.
 * @returns where the browser goes, or undefined when a page has to speak next
 */
export const resolveIdentity = async (
  deps: StepDeps,
  taken: Versioned,
  identity: VerifiedIdentity,
): Promise<string | undefined> => {
  const resolution = await deps.resolveLink(identity, { clientId: taken.attempt.clientId })
  if (resolution.kind !== 'unresolved') return finishLogin(deps, taken, resolution.accountId, identity)
  // Overtaken by "cancel": the dispatcher reads what is stored now.
  await deps.attempts.tryTransition(taken, awaitPerson(taken.attempt, identity))
  return undefined
}
