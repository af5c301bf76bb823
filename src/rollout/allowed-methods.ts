import type { RolloutPhase, RolloutPolicy, RolloutRule } from './policy.ts'

/** A way to log in: the app's upstream, the old password, a passkey. */
export type Method = 'upstream' | 'password' | 'passkey'

/** What an identity from upstream may do: everything, nothing, or be recorded without doing anything. */
export type Use = 'act' | 'shadow' | 'off'

/** Of whom a policy decides, as far as that is known before the login; it stays the same at every login. */
export type Subject = {
  readonly purpose: 'login' | 'registration'
  /** Where the person or the browser stands among a hundred, from 0 up to but not including 100. */
  readonly bucket: number
  /** The account that is known already, if any. */
  readonly accountId?: string
  /** Whether this browser logged in by the upstream before: a smaller percentage does not take that away. */
  readonly usedUpstream?: boolean
}

/** What the policy of an app lets this person do in this login. */
export type AllowedMethods = {
  /** Most wanted first; empty where the app offers none today. */
  readonly methods: readonly Method[]
  /**
   * Whether a page asks how to log in before anything else, if only by one way or back to the app; if not, the upstream
   * begins at once: it alone begins without a page of PIAS.
   */
  readonly chooseFirst: boolean
  /** Whether somebody without a link is linked to the customer records that are certainly theirs, or may prove others. */
  readonly linking: Use
  /** Whether somebody may open a new account. */
  readonly registration: Use
  /** What is asked of somebody who logged in with the old password: nothing, an invitation, or to bind the upstream. */
  readonly afterPassword: 'nothing' | 'nudge' | 'require-bind'
}

const isTime = ({ from, until }: RolloutRule, now: number): boolean =>
  (from === undefined || now >= Date.parse(from)) && (until === undefined || now < Date.parse(until))

const isMeant = ({ percentage, allow }: RolloutRule, { bucket, accountId }: Subject): boolean =>
  bucket < percentage || (accountId !== undefined && allow.includes(accountId))

const AFTER_PASSWORD = { off: 'nothing', allow: 'nothing', nudge: 'nudge', 'require-bind': 'require-bind' } as const

const toUse = (phase: RolloutPhase): Use => (phase === 'off' || phase === 'shadow' ? phase : 'act')

/**
 * Decides what a policy lets somebody do: pure, so that it can be explained before it is put in force. The upstream is
 * in front where the rule for this purpose lets it act; it comes last where only the other rule does (nobody knows yet
 * whether this person is new), or where this browser used it before.
 * @param now epoch milliseconds
 */
export const allowedMethods = (policy: RolloutPolicy, subject: Subject, now: number): AllowedMethods => {
  const phaseOf = (rule: RolloutRule): RolloutPhase =>
    !policy.killSwitch && isTime(rule, now) && isMeant(rule, subject) ? rule.phase : 'off'
  const existing = phaseOf(policy.existing)
  const registration = phaseOf(policy.registration)
  const [phase, other] = subject.purpose === 'registration' ? [registration, existing] : [existing, registration]

  const withPassword = policy.password !== 'off' && phase !== 'required'
  const others: Method[] = [
    ...(withPassword ? (['password'] as const) : []),
    ...(policy.passkey === 'allow' ? (['passkey'] as const) : []),
  ]
  const inFront = toUse(phase) === 'act'
  const last = !inFront && !policy.killSwitch && (toUse(other) === 'act' || subject.usedUpstream === true)
  const methods: Method[] = [
    ...(inFront ? (['upstream'] as const) : []),
    ...others,
    ...(last ? (['upstream'] as const) : []),
  ]
  return {
    methods,
    chooseFirst: phase === 'offer' || (methods[0] ?? 'upstream') !== 'upstream',
    linking: toUse(existing),
    registration: toUse(registration),
    afterPassword: toUse(existing) === 'act' ? AFTER_PASSWORD[policy.password] : 'nothing',
  }
}
