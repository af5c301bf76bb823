import { randomBytes } from 'node:crypto'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import type { Json } from '#src/kernel/runtime.ts'

/** A leg that has begun: the upstream's URL, and what its answer will be checked with. */
export type Departure = { readonly redirectTo: string; readonly state: string; readonly handoff: Json }

/**
 * Begins a leg upstream. The state names the attempt, so that the callback finds it in one read, and is unguessable;
 * only the browser that holds the attempt's cookie can use it, once.
 * @throws PiasError `upstream.unavailable`
 */
export const departUpstream = async (
  deps: Pick<StepDeps, 'upstreamOf' | 'callbackUrl'>,
  attempt: Pick<LoginAttempt, 'uid' | 'clientId' | 'upstream' | 'purpose' | 'locale' | 'acr' | 'maxAge'>,
): Promise<Departure> => {
  const idp = deps.upstreamOf(attempt)
  const state = `${attempt.uid}.${randomBytes(24).toString('base64url')}`
  const callbackUrl = deps.callbackUrl(attempt.upstream)
  const { redirectTo, handoff } = await idp.begin({
    purpose: attempt.purpose,
    locale: attempt.locale,
    acr: attempt.acr,
    maxAge: attempt.maxAge,
    state,
    callbackUrl,
  })
  return { redirectTo, state, handoff }
}

/** The attempt's id inside a state; whether the state is right is decided against the attempt. */
export const attemptOfState = (state: string): string => state.slice(0, Math.max(0, state.lastIndexOf('.')))
