import { failLeg, pauseForCall, takeReturn } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { resolveIdentity } from '#src/interaction/resolve-identity.ts'
import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'

/** Is told why a leg failed, by a code of `upstream.`. */
type OnFailure = (code: ErrorCode) => void

const completeLeg = async (
  deps: StepDeps,
  taken: Versioned,
  leg: { state: string; handoff: unknown },
  callback: URL,
  onFailure: OnFailure,
): Promise<VerifiedIdentity | undefined> => {
  const { upstream } = taken.attempt
  try {
    return await deps.upstreamOf(taken.attempt).complete({
      callback,
      state: leg.state,
      callbackUrl: deps.callbackUrl(upstream),
      handoff: leg.handoff as never,
    })
  } catch (error) {
    if (!(error instanceof PiasError) || !error.code.startsWith('upstream.')) throw error
    const cause = error.cause instanceof Error ? error.cause.message : undefined
    deps.logger.warn({ upstream, code: error.code, detail: error.detail, cause }, 'upstream leg failed')
    onFailure(error.code)
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, error.code))
    return undefined
  }
}

/**
 * Ends the upstream leg: takes the answer (one request of any number does), completes it, and resolves who this is.
 * While a call is in progress nothing is resolved before the person was warned (ADR 0010).
 * @returns where the browser goes, or undefined when a page has to speak next
 */
export const returnFromUpstream = async (
  deps: StepDeps,
  from: Versioned,
  callback: URL,
  onFailure: OnFailure,
): Promise<string | undefined> => {
  const { leg } = from.attempt
  if (leg.status !== 'away') return undefined
  const taken = await deps.attempts.tryTransition(from, takeReturn(from.attempt, deps.clock()))
  if (taken === undefined) return undefined

  const identity = await completeLeg(deps, taken, leg, callback, onFailure)
  if (identity === undefined) return undefined
  deps.count('back', taken.attempt)

  if (identity.signals?.callInProgress !== true) return resolveIdentity(deps, taken, identity)
  await deps.attempts.tryTransition(taken, pauseForCall(taken.attempt, identity))
  return undefined
}
