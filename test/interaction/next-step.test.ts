import {
  awaitPerson,
  countProof,
  endAttempt,
  failLeg,
  type LoginAttempt,
  leave,
  MAX_PROOF_TRIES,
  takeReturn,
} from '#src/interaction/attempt.ts'
import { nextStep } from '#src/interaction/next-step.ts'
import type { AccountId } from '#src/kernel/identity.ts'

const NOW = 1_795_300_000_000

const fresh: LoginAttempt = {
  uid: 'uid',
  returnTo: 'https://id.example/auth/uid',
  clientId: 'app',
  upstream: 'itsme',
  purpose: 'login',
  browser: 'hash',
  locale: 'nl',
  leg: { status: 'away', state: 'uid.random', handoff: {} },
  proofTries: 0,
}

const identity = {
  upstream: 'itsme',
  assurance: 'verified' as const,
  key: { issuer: 'https://idp.example', clientId: 'PIAS', subject: 's' },
  acr: 'urn:pias:acr:basic' as const,
  amr: ['mfa'],
  authTime: NOW / 1000,
  claims: { familyName: 'Synthetic' },
}

const asked = awaitPerson(takeReturn(fresh, NOW), identity)
const afterProofs = (tries: number): LoginAttempt =>
  Array.from({ length: tries }).reduce<LoginAttempt>(attempt => countProof(attempt), asked)

describe('nextStep', () => {
  test.each<[string, LoginAttempt, object]>([
    ['a fresh attempt is upstream', fresh, { kind: 'to-upstream' }],
    ['a return that somebody works on waits', takeReturn(fresh, NOW - 15_000), { kind: 'wait' }],
    [
      'a return nobody works on any more is tried again',
      takeReturn(fresh, NOW - 15_001),
      { kind: 'retry', code: 'upstream.unavailable' },
    ],
    ['a refusal offers another try', failLeg(fresh, 'upstream.denied'), { kind: 'retry', code: 'upstream.denied' }],
    ['a retry is upstream again', leave(failLeg(fresh, 'upstream.denied'), 'uid.other', {}), { kind: 'to-upstream' }],
    ['an uncertain person is asked', asked, { kind: 'ask-person', proofLocked: false }],
    ['the last try is still open', afterProofs(MAX_PROOF_TRIES - 1), { kind: 'ask-person', proofLocked: false }],
    ['after five tries the proof is locked', afterProofs(MAX_PROOF_TRIES), { kind: 'ask-person', proofLocked: true }],
    [
      'a login goes back to the provider',
      endAttempt(asked, { kind: 'logged-in', accountId: 'a' as AccountId }),
      { kind: 'resume', returnTo: fresh.returnTo },
    ],
    ['so does a cancelled one', endAttempt(fresh, { kind: 'cancelled' }), { kind: 'resume', returnTo: fresh.returnTo }],
    [
      'what nobody can mend stops',
      endAttempt(asked, { kind: 'stopped', code: 'link.owned_elsewhere' }),
      { kind: 'stop', code: 'link.owned_elsewhere' },
    ],
  ])('%s', (_name, attempt, step) => {
    expect(nextStep(attempt, NOW)).toEqual(step)
  })

  test('an ended attempt keeps no identity', () => {
    expect(endAttempt(asked, { kind: 'cancelled' })).not.toHaveProperty('identity')
  })

  test('a failed leg that ends stays failed, so that its reason is not lost', () => {
    expect(endAttempt(failLeg(fresh, 'upstream.denied'), { kind: 'cancelled' }).leg.status).toBe('failed')
  })
})
