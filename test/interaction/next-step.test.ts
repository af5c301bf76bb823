import {
  awaitPerson,
  countProof,
  endAttempt,
  enterPassword,
  failLeg,
  isProofLocked,
  keepProof,
  type LoginAttempt,
  leave,
  MAX_PROOF_TRIES,
  pauseForCall,
  takeReturn,
} from '#src/interaction/attempt.ts'
import { JOURNEY, nextStep, type Station, type StepName } from '#src/interaction/next-step.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { type AllowedMethods, allowedMethods } from '#src/rollout/allowed-methods.ts'
import { NO_POLICY, rolloutPolicySchema } from '#src/rollout/policy.ts'
import { AWAY, IDENTITY } from './synthetic-attempt.ts'

const NOW = 1_795_300_000_000

const identity = { ...IDENTITY, authTime: NOW / 1000 }

const asked = awaitPerson(takeReturn(AWAY, NOW), identity)
const afterProofs = (tries: number): LoginAttempt =>
  Array.from({ length: tries }).reduce<LoginAttempt>(attempt => countProof(attempt), asked)

const consenting: LoginAttempt = {
  ...AWAY,
  leg: { status: 'here' },
  consent: { accountId: 'a' as AccountId, scopes: ['profile'], page: { data: [], thirdParty: false } },
}

const allowedBy = (policy: object): AllowedMethods =>
  allowedMethods(rolloutPolicySchema.parse(policy), { purpose: 'login', bucket: 50 }, NOW)
const STRAIGHT = allowedMethods(NO_POLICY, { purpose: 'login', bucket: 50 }, NOW)
const OFFERED = allowedBy({ existing: { phase: 'offer' }, password: 'allow' })
const BY_PASSWORD = allowedBy({ killSwitch: true, password: 'allow' })
const CLOSED = allowedBy({ killSwitch: true })
const NEW_ONLY = allowedBy({ existing: { phase: 'off' } })
const NOBODY = { ...STRAIGHT, linking: 'off', registration: 'shadow' } as const
const here: LoginAttempt = { ...AWAY, leg: { status: 'here' } }
const BINDING = allowedBy({ existing: { phase: 'offer' }, password: 'require-bind' })
const entered = enterPassword(here, 'a' as AccountId, NOW / 1000)

const proved = (kind: 'found' | 'recreated'): LoginAttempt =>
  keepProof(asked, { kind, proof: { kind: 'invoice', records: [] }, records: [], accountId: 'a' } as never)

describe('nextStep', () => {
  test.each<[string, LoginAttempt, AllowedMethods, StepName]>([
    ['a choice at the beginning', here, OFFERED, 'choose-method'],
    ['a choice after trouble', failLeg(AWAY, 'upstream.denied'), OFFERED, 'choose-method'],
    ['a choice that is gone meanwhile', here, STRAIGHT, 'to-upstream'],
    ['the password alone', here, BY_PASSWORD, 'choose-method'],
    ['the password alone, after trouble', failLeg(AWAY, 'upstream.unavailable'), BY_PASSWORD, 'choose-method'],
    ['connecting, once the password was right', entered, BINDING, 'connect'],
    ['connecting again after trouble', failLeg(entered, 'upstream.denied'), BINDING, 'connect'],
    ['a policy that asks for nothing more meanwhile', entered, OFFERED, 'choose-method'],
    ['the upstream alone, after trouble', failLeg(AWAY, 'upstream.denied'), STRAIGHT, 'retry'],
    ['no way at the beginning', here, CLOSED, 'not-offered'],
    ['no way after trouble', failLeg(AWAY, 'upstream.unavailable'), CLOSED, 'not-offered'],
    ['neither linking nor a new account', asked, NOBODY, 'not-offered'],
    ['a new account at least', asked, NEW_ONLY, 'ask-person'],
    ['a proof where nobody may be linked any more', proved('found'), NEW_ONLY, 'ask-person'],
    ['a consent whatever the policy', consenting, CLOSED, 'ask-consent'],
  ])('by policy: %s', (_name, attempt, allowed, step) => {
    expect(nextStep({ attempt, allowed, now: NOW })).toBe(step)
  })

  const PHASES = ['off', 'shadow', 'offer', 'default', 'required'] as const
  test.each(PHASES.flatMap(one => PHASES.map(other => [one, other] as const)))(
    'a login begins as the policy says, which previews tell: existing %s, registration %s',
    (existing, registration) => {
      for (const password of ['off', 'allow'] as const) {
        for (const passkey of ['off', 'allow'] as const) {
          const allowed = allowedBy({
            existing: { phase: existing },
            registration: { phase: registration },
            password,
            passkey,
          })
          const step = nextStep({ attempt: here, allowed, now: NOW })
          const said =
            allowed.methods.length === 0 ? 'not-offered' : allowed.chooseFirst ? 'choose-method' : 'to-upstream'
          expect(step).toBe(said)
        }
      }
    },
  )

  test.each<[string, LoginAttempt, StepName]>([
    ['a AWAY attempt is upstream', AWAY, 'to-upstream'],
    ['a return that somebody works on waits', takeReturn(AWAY, NOW - 15_000), 'wait'],
    ['a return nobody works on any more is tried again', takeReturn(AWAY, NOW - 15_001), 'retry'],
    ['a refusal offers another try', failLeg(AWAY, 'upstream.denied'), 'retry'],
    ['a retry is upstream again', leave(failLeg(AWAY, 'upstream.denied'), 'uid.other', {}), 'to-upstream'],
    ['an app asks before any leg', consenting, 'ask-consent'],
    ['a call in progress is warned of first', pauseForCall(takeReturn(AWAY, NOW), identity), 'warn-call'],
    ['an uncertain person is asked', asked, 'ask-person'],
    ['a proof shows what was found', proved('found'), 'link-found'],
    ['a proof of one’s own account asks whether to move', proved('recreated'), 'move-identity'],
    [
      'a login goes back to the provider',
      endAttempt(asked, { kind: 'logged-in', accountId: 'a' as AccountId }),
      'resume',
    ],
    ['so does a cancelled one', endAttempt(AWAY, { kind: 'cancelled' }), 'resume'],
    ['what nobody can mend stops', endAttempt(asked, { kind: 'stopped', code: 'link.owned_elsewhere' }), 'stop'],
  ])('%s', (_name, attempt, step) => {
    expect(nextStep({ attempt, allowed: STRAIGHT, now: NOW })).toBe(step)
  })

  test.each<Station>(['here', 'away', 'returning', 'failed', 'back', 'over'])(
    'the table always has an answer: %s',
    at => {
      const last = JOURNEY.filter(({ stations }) => (stations as readonly Station[]).includes(at)).at(-1)
      const never = { attempt: { ...AWAY, leg: undefined }, now: Number.NaN } as never
      expect(last?.when(never)).toBe(true)
    },
  )

  test('after five tries the proof is locked, not before', () => {
    expect(isProofLocked(afterProofs(MAX_PROOF_TRIES - 1))).toBe(false)
    expect(isProofLocked(afterProofs(MAX_PROOF_TRIES))).toBe(true)
  })

  test('an ended attempt keeps no identity', () => {
    expect(endAttempt(asked, { kind: 'cancelled' })).not.toHaveProperty('identity')
  })

  test('a failed leg that ends stays failed, so that its reason is not lost', () => {
    expect(endAttempt(failLeg(AWAY, 'upstream.denied'), { kind: 'cancelled' }).leg.status).toBe('failed')
  })
})
