import { PiasError } from '#src/kernel/errors.ts'
import type { AllowedMethods } from '#src/rollout/allowed-methods.ts'
import type { LoginAttempt, UpstreamLeg } from './attempt.ts'

/** All that the dispatcher looks at; `now` in epoch milliseconds. */
export type JourneyState = { readonly attempt: LoginAttempt; readonly allowed: AllowedMethods; readonly now: number }

/** Where an attempt is: `over`, or where its leg upstream is, `here` without one. */
export type Station = UpstreamLeg['status'] | 'over'

type When = (state: JourneyState) => boolean
type Row<Name extends string = string> = {
  readonly step: Name
  readonly when: When
  readonly stations: readonly Station[]
}

/** A leg that one request has worked on for longer than any time limit is lost: its node died. */
const LEG_LOST_MS = 15_000

const always: When = () => true
/** Whether the person chooses a way to log in: at the beginning, or when the upstream failed and there are others. */
const mayChoose: When = ({ attempt, allowed: { methods, chooseFirst } }) =>
  attempt.leg.status === 'failed' ? methods.some(method => method !== 'upstream') : chooseFirst
/** Whether the app lets this person do nothing at all today. */
const nothingOffered: When = ({ attempt, allowed }) =>
  attempt.leg.status === 'back'
    ? allowed.linking !== 'act' && allowed.registration !== 'act'
    : allowed.methods.length === 0
const stopped: When = ({ attempt }) => attempt.end?.kind === 'stopped'
const consentAsked: When = ({ attempt }) => attempt.consent !== undefined
const workedOn: When = ({ attempt, now }) =>
  attempt.leg.status === 'returning' && now - attempt.leg.since <= LEG_LOST_MS
/** Whether somebody logged in with the old password, and is now to bind the upstream or invited to. */
const isToConnect: When = ({ attempt, allowed }) =>
  attempt.password !== undefined && allowed.afterPassword !== 'nothing'
const foundByProof: When = ({ attempt, allowed }) => attempt.proved?.kind === 'found' && allowed.linking === 'act'
const cameAnew: When = ({ attempt, allowed }) => attempt.proved?.kind === 'recreated' && allowed.linking === 'act'
const callInProgress: When = ({ attempt }) => attempt.pause === 'call'

const row = <const Name extends string>(step: Name, when: When, ...stations: Station[]): Row<Name> => ({
  step,
  when,
  stations,
})

const HERE = 'here'
const AWAY = 'away'
const RETURNING = 'returning'
const FAILED = 'failed'
const BACK = 'back'
const OVER = 'over'

/**
 * The journey: the first row counts whose condition holds and that stands in the column of where the attempt is. A new
 * step is one row above the `always` of its column (README.md).
 */
// biome-ignore format: a table is read by its columns
export const JOURNEY = [
  //  step             when             without leg  upstream  being completed  failed  identity here  ended
  row('stop',          stopped,                                                                        OVER),
  row('resume',        always,                                                                         OVER),
  row('ask-consent',   consentAsked,    HERE                                                               ),
  row('not-offered',   nothingOffered,  HERE,                                   FAILED                     ),
  row('connect',       isToConnect,     HERE,                                   FAILED                     ),
  row('choose-method', mayChoose,       HERE,                                   FAILED                     ),
  row('to-upstream',   always,          HERE,        AWAY                                                  ),
  row('wait',          workedOn,                               RETURNING                                   ),
  row('retry',         always,                                 RETURNING,       FAILED                     ),
  row('warn-call',     callInProgress,                                                  BACK               ),
  row('not-offered',   nothingOffered,                                                  BACK               ),
  row('move-identity', cameAnew,                                                        BACK               ),
  row('link-found',    foundByProof,                                                    BACK               ),
  row('ask-person',    always,                                                          BACK               ),
] as const

/**
 * What comes next in a login. Over: `resume` (the result is stored at the provider), `stop` (no click of this person
 * mends it). Else `to-upstream` (only a click sends the browser there from a page), `wait` (another request completes
 * the leg), `retry` (the leg failed: again, or leave), `choose-method` (a way to log in), `not-offered` (the app's policy
 * leaves this person no way), `connect` (the old password was right: bind the upstream), `warn-call` (somebody may be
 * telling the person what to do), `ask-person` (not certain: prove it, or new here; the same for none, one or many
 * candidates), `ask-consent`, `link-found` (a proof has brought records: which of them?), `move-identity` (they are this
 * person's already, by an older identity).
 */
export type StepName = (typeof JOURNEY)[number]['step']

/** Where an attempt is, as the columns of the table name it. */
const stationOf = ({ end, leg }: LoginAttempt): Station => (end === undefined ? leg.status : 'over')

/**
 * The dispatcher: decides from the stored attempt and the app's policy alone what comes next. Steps never call one
 * another; each stores what it did and comes back here (ADR 0002).
 * @throws PiasError `server.failed` when the table has no answer, which its test rules out
 */
export const nextStep = (state: JourneyState): StepName => {
  const station = stationOf(state.attempt)
  const found = JOURNEY.find(({ stations, when }) => stations.includes(station) && when(state))
  if (found === undefined) throw new PiasError('server.failed', `no step for an attempt that is ${station}`)
  return found.step
}
