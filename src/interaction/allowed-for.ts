import type { Clock } from '#src/kernel/runtime.ts'
import { type AllowedMethods, allowedMethods } from '#src/rollout/allowed-methods.ts'
import type { RolloutPolicy } from '#src/rollout/policy.ts'
import type { LoginAttempt } from './attempt.ts'

/** What an attempt may do by the policy that is in force at this moment. */
export type AllowedFor = (
  attempt: Pick<LoginAttempt, 'clientId' | 'purpose' | 'subject' | 'password'>,
) => Promise<AllowedMethods>

/** Reads the policy anew with each request, so that a changed one holds from the next click on. */
export const createAllowedFor =
  (deps: { policyOf: (clientId: string) => Promise<RolloutPolicy>; clock: Clock }): AllowedFor =>
  async ({ clientId, purpose, subject, password }) => {
    const known = password === undefined ? {} : { accountId: password.accountId }
    return allowedMethods(await deps.policyOf(clientId), { ...subject, ...known, purpose }, deps.clock())
  }
