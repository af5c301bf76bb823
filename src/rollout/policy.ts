import { z } from 'zod'

const moment = z.iso.datetime({ offset: true })

/**
 * Who comes in by the upstream, and how far. `off`: nobody. `shadow`: nobody, but what matching would have done is
 * recorded. `offer`: a choice among others. `default`: at once, the others after trouble. `required`: no password.
 */
const PHASES = ['off', 'shadow', 'offer', 'default', 'required'] as const

/** A moment in epoch milliseconds; NaN, which is neither before nor after another, for what is none. */
const at = (given: unknown): number => (typeof given === 'string' ? Date.parse(given) : Number.NaN)

const rule = z
  .strictObject({
    phase: z.enum(PHASES).default('default'),
    /** How many of a hundred it holds for; the others are as with `off`. The same people at every login. */
    percentage: z.number().min(0).max(100).default(100),
    /** Ids of accounts it holds for whatever the percentage. */
    allow: z.array(z.string().min(1).max(128)).max(1000).default([]),
    /** From when, and until before when; outside it is as with `off`. */
    from: moment.optional(),
    until: moment.optional(),
  })
  .refine(rule => !(at(rule.from) >= at(rule.until)), {
    path: ['until'],
    message: 'must be later than from',
    params: { fix: 'choose a later moment, or leave one of the two out' },
    // Also beside another field that is wrong, so that all is told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })

/**
 * The rollout of an app: how far new and existing accounts are, what else logs people in, and a switch that takes the
 * upstream away from everybody at once. What is left out is as if there were no policy: straight to the upstream.
 */
export const rolloutPolicySchema = z.strictObject({
  /** Of people who have no account yet. */
  registration: rule.prefault({}),
  /** Of people who have an account or are customers already. */
  existing: rule.prefault({}),
  /** What a login with the old password may do: nothing, log in, log in and be invited to bind, log in once to bind. */
  password: z.enum(['off', 'allow', 'nudge', 'require-bind']).default('off'),
  passkey: z.enum(['off', 'allow']).default('off'),
  killSwitch: z.boolean().default(false),
})

/** A policy that passed; all is said in it. */
export type RolloutPolicy = z.output<typeof rolloutPolicySchema>

/** A policy as it is written down. */
export type RolloutPolicyInput = z.input<typeof rolloutPolicySchema>

export type RolloutRule = RolloutPolicy['existing']
export type RolloutPhase = RolloutRule['phase']

/** Whether somebody must be known again for it, since it holds for some and not for others. */
export const isPartial = ({ registration, existing }: RolloutPolicy): boolean =>
  [registration, existing].some(({ percentage }) => percentage > 0 && percentage < 100)

/** Without a policy: the upstream logs everybody in. */
export const NO_POLICY: RolloutPolicy = rolloutPolicySchema.parse({})
