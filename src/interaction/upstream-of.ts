import { PiasError } from '#src/kernel/errors.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import type { LoginAttempt } from './attempt.ts'

/** The upstream of an attempt, while it may still log people in for the attempt's app. */
export type UpstreamOf = (attempt: Pick<LoginAttempt, 'clientId' | 'upstream'>) => UpstreamIdp

/**
 * Asked anew at each step, not only at the first: an upstream that was taken from an app, or from the configuration,
 * while somebody was there ends no login.
 * @returns a function that throws PiasError `upstream.unavailable` when there is no such upstream for that app
 */
export const createUpstreamOf =
  (deps: {
    upstreams: ReadonlyMap<string, UpstreamIdp>
    isAllowed: (clientId: string, upstream: string) => boolean
  }): UpstreamOf =>
  ({ clientId, upstream }) => {
    const idp = deps.isAllowed(clientId, upstream) ? deps.upstreams.get(upstream) : undefined
    if (idp === undefined) throw new PiasError('upstream.unavailable', `no upstream "${upstream}" for this client`)
    return idp
  }
