import type { Clock } from '#src/kernel/runtime.ts'
import type { AllowedMethods } from '#src/rollout/allowed-methods.ts'
import type { LoginAttempt } from './attempt.ts'
import { nextStep, type StepName } from './next-step.ts'

/** What comes next for an attempt, by the policy that is in force now. */
export type Dispatch = (attempt: LoginAttempt) => Promise<StepName>

/** Asks the dispatcher with the policy of this very request, so that a changed policy holds from the next click on. */
export const createDispatch =
  (deps: { methodsOf: (attempt: LoginAttempt) => Promise<AllowedMethods>; clock: Clock }): Dispatch =>
  async attempt =>
    nextStep({ attempt, allowed: await deps.methodsOf(attempt), now: deps.clock() })
