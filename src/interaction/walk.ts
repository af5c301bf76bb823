import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { LinkResolution } from '#src/linking/resolve-link.ts'
import type { AllowedMethods } from '#src/rollout/allowed-methods.ts'
import { awaitPerson, endAttempt, failLeg, type LoginAttempt, leave, takeReturn } from './attempt.ts'
import { nextStep, type StepName } from './next-step.ts'

/** Where somebody is in a login, and what the dispatcher says then. */
export type Walked = { readonly at: string; readonly step: StepName }

/**
 * Walks the dispatcher's table as a login would, with the transitions of a login and without doing anything: from the
 * beginning to the app, with the ways that end elsewhere beside it.
 * @param attempt one that has not begun: `here`
 * @param resolution what became of the identity
 */
export const walkJourney = (input: {
  attempt: LoginAttempt
  allowed: AllowedMethods
  now: number
  identity: VerifiedIdentity
  resolution: LinkResolution
}): readonly Walked[] => {
  const { attempt, allowed, now, identity, resolution } = input
  const at = (where: string, reached: LoginAttempt): Walked => ({
    at: where,
    step: nextStep({ attempt: reached, allowed, now }),
  })
  const away = leave(attempt, 'state', {})
  const taken = takeReturn(away, now)
  const beginning = at('at the beginning', allowed.methods[0] === 'upstream' && !allowed.chooseFirst ? away : attempt)
  if (!allowed.methods.includes('upstream')) return [beginning]
  const arrive = (): LoginAttempt => {
    if (resolution.kind === 'unresolved') return awaitPerson(taken, identity)
    if (resolution.kind === 'refused') return endAttempt(taken, { kind: 'stopped', code: 'account.refused' })
    return endAttempt(taken, { kind: 'logged-in', accountId: resolution.accountId })
  }
  return [
    beginning,
    at('sent to the upstream', away),
    at('refused there by the person', failLeg(taken, 'upstream.denied')),
    at('when the upstream is down', failLeg(attempt, 'upstream.unavailable')),
    at('on a phone call meanwhile', { ...awaitPerson(taken, identity), pause: 'call' }),
    at('back from the upstream', arrive()),
  ]
}
