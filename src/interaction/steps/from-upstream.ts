import { awaitPerson, failLeg, takeReturn } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { finishLogin } from './finish.ts'

const completeLeg = async (
  deps: StepDeps,
  taken: Versioned,
  leg: { state: string; handoff: unknown },
  callback: URL,
): Promise<VerifiedIdentity | undefined> => {
  const { upstream } = taken.attempt
  const idp = deps.upstreams.get(upstream)
  try {
    if (idp === undefined) throw new PiasError('upstream.unavailable', `no upstream "${upstream}"`)
    return await idp.complete({
      callback,
      state: leg.state,
      callbackUrl: deps.callbackUrl(upstream),
      handoff: leg.handoff as never,
    })
  } catch (error) {
    if (!(error instanceof PiasError) || !error.code.startsWith('upstream.')) throw error
    const cause = error.cause instanceof Error ? error.cause.message : undefined
    deps.logger.warn({ upstream, code: error.code, detail: error.detail, cause }, 'upstream leg failed')
    await deps.attempts.tryTransition(taken, failLeg(taken.attempt, error.code))
    return undefined
  }
}

/**
 * Ends the upstream leg: takes the answer (one request of any number does), completes it, resolves who this is, and
 * logs in whoever is certain. Everybody else is asked.
 * @returns where the browser goes, or undefined when a page has to speak next
 */
export const returnFromUpstream = async (
  deps: StepDeps,
  from: Versioned,
  callback: URL,
): Promise<string | undefined> => {
  const { leg } = from.attempt
  if (leg.status !== 'away') return undefined
  const taken = await deps.attempts.tryTransition(from, takeReturn(from.attempt, deps.clock()))
  if (taken === undefined) return undefined

  const identity = await completeLeg(deps, taken, leg, callback)
  if (identity === undefined) return undefined

  const resolution = await deps.resolveLink(identity, { clientId: taken.attempt.clientId })
  if (resolution.kind !== 'unresolved') return finishLogin(deps, taken, resolution.accountId, identity)
  await deps.attempts.transition(taken, awaitPerson(taken.attempt, identity))
  return undefined
}
