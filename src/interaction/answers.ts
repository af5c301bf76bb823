import { PiasError } from '#src/kernel/errors.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { countProof, isProofLocked, type LoginAttempt } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'

/** The browser goes on, the answer was wrong, or the dispatcher has something else to say. */
export type Answered =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'wrong' }
  /** Wrong once too often. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'show' }

/** The dispatcher speaks next. */
export const SHOW: Answered = { kind: 'show' }

/** Whether it is the turn of a question to this person, and the app's policy lets the answer do something. */
export const mayAnswer = async (
  deps: Pick<StepDeps, 'dispatch' | 'allowedFor'>,
  attempt: LoginAttempt,
  answer: 'linking' | 'registration',
): Promise<boolean> =>
  (await deps.dispatch(attempt)) === 'ask-person' && (await deps.allowedFor(attempt))[answer] === 'act'

/**
 * Counts one try at a proof, before it is looked at: each of parallel forms, so that none is lost, and none buys more
 * tries. `mayTry`: whether it is its turn. One after the last is not looked at, and leaves one event in the audit trail however often it is repeated.
 * @returns the attempt in which the try is to be looked at, or what the person is answered instead
 */
export const countTry = async (
  deps: Pick<StepDeps, 'attempts' | 'noteLockedProof'>,
  from: Versioned,
  mayTry: (attempt: LoginAttempt) => Promise<boolean>,
): Promise<{ readonly kind: 'counted'; readonly counted: Versioned } | { readonly kind: 'locked' | 'show' }> => {
  let isLocked = false
  const counted = await deps.attempts.change(from, async attempt => {
    const may = await mayTry(attempt)
    isLocked = may && isProofLocked(attempt)
    return may && !isLocked ? countProof(attempt) : undefined
  })
  if (counted !== undefined) return { kind: 'counted', counted }
  if (!isLocked) return { kind: 'show' }
  const { clientId, uid } = from.attempt
  await deps.noteLockedProof({ clientId, attemptUid: uid })
  return { kind: 'locked' }
}

/** The identity that waits in an attempt. @throws PiasError `interaction.finished` when there is none */
export const identityOf = (deps: Pick<StepDeps, 'upstreamOf'>, from: Versioned): VerifiedIdentity => {
  const { identity } = from.attempt
  // What an upstream said is worth nothing any more when the app has lost it.
  deps.upstreamOf(from.attempt)
  if (identity === undefined) throw new PiasError('interaction.finished', 'no identity waits in this attempt')
  return identity
}
