import { type Answered, countTry, identityOf, mayAnswer, SHOW } from '#src/interaction/answers.ts'
import { resumeAfterCall } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import { keepOutcome } from '#src/interaction/conclude-proof.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { resolveIdentity } from '#src/interaction/resolve-identity.ts'
import type { ProofAnswer } from '#src/linking/prove-customer.ts'

/** "I am already a customer": one try at a proof, bound to this identity and this attempt. */
export const answerProof = async (deps: StepDeps, from: Versioned, answer: ProofAnswer): Promise<Answered> => {
  const tried = await countTry(deps, from, attempt => mayAnswer(deps, attempt, 'linking'))
  if (tried.kind !== 'counted') return tried
  const { counted } = tried
  const { clientId, uid } = counted.attempt
  const outcome = await deps.proveCustomer(identityOf(deps, counted), { clientId, attemptUid: uid }, answer)
  return keepOutcome(deps, counted, outcome)
}

/** "I am doing this myself": the login goes on after the warning about a call. */
export const answerCallWarning = async (deps: StepDeps, from: Versioned): Promise<Answered> => {
  if ((await deps.dispatch(from.attempt)) !== 'warn-call') return SHOW
  const identity = identityOf(deps, from)
  const taken = await deps.attempts.tryTransition(from, resumeAfterCall(from.attempt, deps.clock()))
  const to = taken === undefined ? undefined : await resolveIdentity(deps, taken, identity)
  return to === undefined ? SHOW : { kind: 'redirect', to }
}
