import { endAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { cancelLogin } from './finish.ts'

/**
 * The person's answer to what an app asks for. Kept before the app gets anything; a refusal is `access_denied` there.
 * @returns where the browser goes; undefined when the dispatcher has something else to say
 * @throws PiasError `interaction.expired`
 */
export const answerConsent = async (
  deps: StepDeps,
  from: Versioned,
  decision: 'allow' | 'refuse',
): Promise<string | undefined> => {
  const { uid, clientId, consent } = from.attempt
  if ((await deps.dispatch(from.attempt)) !== 'ask-consent' || consent === undefined) return undefined
  if (decision === 'refuse') return cancelLogin(deps, from)
  await deps.giveConsent(consent.accountId, clientId, consent.scopes)
  const returnTo = await deps.finish(uid, { consent: true })
  if (returnTo === undefined) throw new PiasError('interaction.expired', 'the interaction is gone at the provider')
  const { accountId } = consent
  await deps.attempts.tryTransition(from, endAttempt(from.attempt, { kind: 'logged-in', accountId }))
  return returnTo
}
