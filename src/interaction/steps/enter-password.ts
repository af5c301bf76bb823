import { countTry } from '#src/interaction/answers.ts'
import { enterPassword, forgetPassword, type LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import { connect } from '#src/interaction/connect-login.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { PASSWORD_AMR } from '#src/rollout/accepted-methods.ts'
import { finishLogin } from './finish.ts'

/** Where the browser goes, what is wrong, or that the dispatcher has something else to say. */
export type Entered =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'wrong' | 'unavailable' }
  | { readonly kind: 'locked'; readonly retryAt?: number }
  | { readonly kind: 'show' }

const SHOW: Entered = { kind: 'show' }

/** What the old login is for in an attempt: to log in, or to prove whose account it is. */
export type PasswordUse = 'log-in' | 'prove'

/** @returns what the old login is for now; undefined where it is of no use */
export const passwordUseOf = async (
  deps: Pick<StepDeps, 'dispatch' | 'allowedFor' | 'oldLogin'>,
  attempt: LoginAttempt,
): Promise<PasswordUse | undefined> => {
  const [step, { methods, linking }] = await Promise.all([deps.dispatch(attempt), deps.allowedFor(attempt)])
  if (step === 'ask-person') return deps.oldLogin.asProof && linking === 'act' ? 'prove' : undefined
  return step === 'choose-method' && methods.includes('password') ? 'log-in' : undefined
}

/** The person goes on without the upstream: a login by the password alone, at its own level. */
const finishByPassword = (deps: StepDeps, from: Versioned, { accountId, at }: NonNullable<LoginAttempt['password']>) =>
  finishLogin(deps, from, {
    accountId,
    acr: deps.oldLogin.acr,
    amr: PASSWORD_AMR,
    authTime: Math.floor(at / 1000),
    since: at,
  })

/**
 * One try at an old username and password, counted in the attempt as in the store. Right, it
 * proves whose account it is, where an identity waits; else the app's policy says what comes next.
 */
export const answerPassword = async (
  deps: StepDeps,
  from: Versioned,
  entry: { username: string; password: string; ip: string },
): Promise<Entered> => {
  let use: PasswordUse | undefined
  const tried = await countTry(deps, from, async attempt => {
    use = await passwordUseOf(deps, attempt)
    return use !== undefined
  })
  if (tried.kind !== 'counted') return tried
  const { counted } = tried
  const { clientId, identity } = counted.attempt
  const at = deps.clock()
  const outcome = await deps.checkPassword(entry, { clientId })
  if (outcome.kind !== 'right') return outcome
  const login = { accountId: outcome.accountId, at }
  if (use === 'prove' && identity !== undefined) {
    deps.upstreamOf(counted.attempt)
    const to = await connect(deps, counted, identity, login)
    return to === undefined ? SHOW : { kind: 'redirect', to }
  }
  const { afterPassword } = await deps.allowedFor(from.attempt)
  if (afterPassword === 'nothing') return { kind: 'redirect', to: await finishByPassword(deps, counted, login) }
  await deps.attempts.change(counted, async attempt =>
    (await passwordUseOf(deps, attempt)) === 'log-in' ? enterPassword(attempt, login.accountId, at) : undefined,
  )
  return SHOW
}

/** "Not now": the login goes on with the old password alone, where the policy only invites. */
export const skipConnecting = async (deps: StepDeps, from: Versioned): Promise<Entered> => {
  const { password } = from.attempt
  if (password === undefined || (await deps.dispatch(from.attempt)) !== 'connect') return SHOW
  const { methods, afterPassword } = await deps.allowedFor(from.attempt)
  if (afterPassword !== 'nudge' || !methods.includes('password')) return SHOW
  // Connected meanwhile, such as by its owner: the password has ended, and so has what it began.
  if (!(await deps.mayStillLogIn(password.accountId))) {
    await deps.attempts.tryTransition(from, forgetPassword(from.attempt))
    return SHOW
  }
  return { kind: 'redirect', to: await finishByPassword(deps, from, password) }
}
