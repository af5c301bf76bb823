import { countProof, endAttempt, isProofLocked, type LoginAttempt, resumeAfterCall } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { resolveIdentity } from '#src/interaction/resolve-identity.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { ProofAnswer } from '#src/linking/prove-customer.ts'
import { finishLogin, loginByUpstream } from './finish.ts'

/** The browser goes on, the answer was wrong, or the dispatcher has something else to say. */
export type Answered =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'wrong' }
  /** Wrong once too often. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'show' }

const SHOW: Answered = { kind: 'show' }

/** Whether it is the turn of a question to this person, and the app's policy lets the answer do something. */
export const mayAnswer = async (
  deps: Pick<StepDeps, 'dispatch' | 'allowedFor'>,
  attempt: LoginAttempt,
  answer: 'linking' | 'registration',
): Promise<boolean> =>
  (await deps.dispatch(attempt)) === 'ask-person' && (await deps.allowedFor(attempt))[answer] === 'act'

const identityOf = (deps: Pick<StepDeps, 'upstreamOf'>, from: Versioned): VerifiedIdentity => {
  const { identity } = from.attempt
  // What an upstream said is worth nothing any more when the app has lost it.
  deps.upstreamOf(from.attempt)
  if (identity === undefined) throw new PiasError('interaction.finished', 'no identity waits in this attempt')
  return identity
}

/**
 * "I am already a customer": one try at a proof, counted before it is looked at, so that parallel forms do not buy
 * more tries. Bound to this identity and this attempt.
 */
export const answerProof = async (deps: StepDeps, from: Versioned, answer: ProofAnswer): Promise<Answered> => {
  if (!(await mayAnswer(deps, from.attempt, 'linking'))) return SHOW
  if (isProofLocked(from.attempt)) return { kind: 'locked' }
  const identity = identityOf(deps, from)
  const counted = await deps.attempts.tryTransition(from, countProof(from.attempt))
  if (counted === undefined) return SHOW

  const { clientId, uid } = from.attempt
  const outcome = await deps.proveCustomer(identity, { clientId, attemptUid: uid }, answer)
  switch (outcome.kind) {
    case 'proved':
      deps.count('proved', counted.attempt)
      return { kind: 'redirect', to: await finishLogin(deps, counted, loginByUpstream(outcome.accountId, identity)) }
    case 'wrong':
      return { kind: isProofLocked(counted.attempt) ? 'locked' : 'wrong' }
    case 'locked':
      await deps.attempts.tryTransition(counted, endAttempt(counted.attempt, { kind: 'stopped', code: 'proof.locked' }))
      return SHOW
    case 'owned-elsewhere':
      await deps.attempts.tryTransition(
        counted,
        endAttempt(counted.attempt, { kind: 'stopped', code: 'link.owned_elsewhere' }),
      )
      return SHOW
  }
}

/** "I am doing this myself": the login goes on after the warning about a call. */
export const answerCallWarning = async (deps: StepDeps, from: Versioned): Promise<Answered> => {
  if ((await deps.dispatch(from.attempt)) !== 'warn-call') return SHOW
  const identity = identityOf(deps, from)
  const taken = await deps.attempts.tryTransition(from, resumeAfterCall(from.attempt, deps.clock()))
  const to =
    taken === undefined ? undefined : await resolveIdentity(deps, taken, identity, deps.allowedFor(from.attempt))
  return to === undefined ? SHOW : { kind: 'redirect', to }
}

/** "I am new here": an account with the verified data and no records. */
export const answerNew = async (deps: StepDeps, from: Versioned): Promise<Answered> => {
  if (!(await mayAnswer(deps, from.attempt, 'registration'))) return SHOW
  const identity = identityOf(deps, from)
  const { accountId } = await deps.openNewAccount(identity, { clientId: from.attempt.clientId })
  deps.count('new', from.attempt)
  return { kind: 'redirect', to: await finishLogin(deps, from, loginByUpstream(accountId, identity)) }
}
