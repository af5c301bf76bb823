import type { Clock } from '#src/kernel/runtime.ts'
import type { AllowedFor } from './allowed-for.ts'
import type { LoginAttempt } from './attempt.ts'
import { nextStep, type StepName } from './next-step.ts'

/** What comes next for an attempt, by the policy that is in force now. */
export type Dispatch = (attempt: LoginAttempt) => Promise<StepName>

/** Asks the dispatcher with the policy of this very request. */
export const createDispatch =
  (deps: { allowedFor: AllowedFor; clock: Clock }): Dispatch =>
  async attempt =>
    nextStep({ attempt, allowed: await deps.allowedFor(attempt), now: deps.clock() })
