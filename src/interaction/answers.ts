import { PiasError } from '#src/kernel/errors.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { LoginAttempt } from './attempt.ts'
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
 * Answers a try after the last one: it is not looked at, and leaves one event in the audit trail however often it is
 * repeated.
 */
export const refuseTry = async (
  deps: Pick<StepDeps, 'noteLockedProof'>,
  { attempt: { clientId, uid } }: Versioned,
): Promise<{ kind: 'locked' }> => {
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
