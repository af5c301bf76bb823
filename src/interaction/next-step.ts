import type { ErrorCode } from '#src/kernel/errors.ts'
import { type LoginAttempt, MAX_PROOF_TRIES } from './attempt.ts'

/** What comes next in a login. */
export type Step =
  /** The browser belongs upstream; only a click of the person sends it there from a page. */
  | { readonly kind: 'to-upstream' }
  /** Another request is completing the leg. */
  | { readonly kind: 'wait' }
  /** The upstream leg failed; the person may try again or leave. */
  | { readonly kind: 'retry'; readonly code: ErrorCode }
  /** A call was in progress: somebody may be telling the person what to do. */
  | { readonly kind: 'warn-call' }
  /** Not certain: prove it, or "I am new here". The same for none, one or many candidates. */
  | { readonly kind: 'ask-person'; readonly proofLocked: boolean }
  /** An app wants what the person has to allow. */
  | { readonly kind: 'ask-consent' }
  /** Over: the result is stored at the provider. */
  | { readonly kind: 'resume'; readonly returnTo: string }
  /** Over, and no click of this person mends it. */
  | { readonly kind: 'stop'; readonly code: ErrorCode }

/** A leg that one request has worked on for longer than any time limit is lost: its node died. */
const LEG_LOST_MS = 15_000

/**
 * The dispatcher: decides from the stored attempt alone what comes next. Steps never call one another; each stores what
 * it did and comes back here (ADR 0002).
 * @param now epoch milliseconds
 */
export const nextStep = (attempt: LoginAttempt, now: number): Step => {
  const { end, leg } = attempt
  if (end?.kind === 'stopped') return { kind: 'stop', code: end.code }
  if (end !== undefined) return { kind: 'resume', returnTo: attempt.returnTo }
  switch (leg.status) {
    case 'away':
      return { kind: 'to-upstream' }
    case 'returning':
      return now - leg.since > LEG_LOST_MS ? { kind: 'retry', code: 'upstream.unavailable' } : { kind: 'wait' }
    case 'failed':
      return { kind: 'retry', code: leg.code }
    case 'back':
      if (attempt.consent !== undefined) return { kind: 'ask-consent' }
      if (attempt.pause === 'call') return { kind: 'warn-call' }
      return { kind: 'ask-person', proofLocked: attempt.proofTries >= MAX_PROOF_TRIES }
  }
}
