import { countTry } from '#src/interaction/answers.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { epochSeconds } from '#src/kernel/runtime.ts'
import { finishLogin } from './finish.ts'

/** Where the browser goes, what is wrong, or that the dispatcher has something else to say. */
export type PasskeyUsed =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'wrong'; readonly attempt: LoginAttempt }
  | { readonly kind: 'locked' | 'show' }

/** Whether a passkey may log in now: where the person chooses, and the app's policy has it among the ways. */
export const mayUsePasskey = async (
  deps: Pick<StepDeps, 'dispatch' | 'allowedFor'>,
  attempt: LoginAttempt,
): Promise<boolean> => {
  const [step, { methods }] = await Promise.all([deps.dispatch(attempt), deps.allowedFor(attempt)])
  return step === 'choose-method' && methods.includes('passkey')
}

/** One try at a passkey; right, it is a login at its own level. */
export const answerPasskey = async (
  deps: StepDeps,
  from: Versioned,
  shown: { response: unknown; challenge: Uint8Array },
): Promise<PasskeyUsed> => {
  const tried = await countTry(deps, from, attempt => mayUsePasskey(deps, attempt))
  if (tried.kind !== 'counted') return tried
  const { counted } = tried
  const since = deps.clock()
  const outcome = await deps.checkPasskey(shown, { clientId: from.attempt.clientId })
  if (outcome.kind === 'wrong') return { kind: 'wrong', attempt: counted.attempt }
  const { accountId, amr } = outcome
  const login = { accountId, amr, acr: deps.passkeyAcr, authTime: epochSeconds(deps.clock), since }
  return { kind: 'redirect', to: await finishLogin(deps, counted, login) }
}
