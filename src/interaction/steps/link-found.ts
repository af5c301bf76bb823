import { type Answered, identityOf, SHOW } from '#src/interaction/answers.ts'
import { endAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { enterAccount, finishLogin, loginByUpstream } from './finish.ts'

const stop = async (deps: StepDeps, from: Versioned): Promise<Answered> => {
  await deps.attempts.tryTransition(from, endAttempt(from.attempt, { kind: 'stopped', code: 'link.owned_elsewhere' }))
  return SHOW
}

/**
 * "Connect these": links those of the found records that were chosen, by their keys, and logs in; none is "later". What is
 * not among the found ones is not even looked at.
 */
export const answerFound = async (deps: StepDeps, from: Versioned, chosen: readonly string[]): Promise<Answered> => {
  const { proved, clientId, uid } = from.attempt
  if ((await deps.dispatch(from.attempt)) !== 'link-found' || proved?.kind !== 'found') return SHOW
  const identity = identityOf(deps, from)
  const records = proved.records.filter(record => chosen.includes(customerKeyOf(record)))
  const since = deps.clock()
  const outcome = await deps.linkRecords(identity, { clientId, attemptUid: uid }, proved.proof, records)
  if (outcome.kind !== 'linked') return stop(deps, from)
  return { kind: 'redirect', to: await finishLogin(deps, from, loginByUpstream(outcome.accountId, identity, since)) }
}

/**
 * "Yes, use my new account": the person's new identity takes the place of the old one, if all that was proved still holds.
 */
export const answerMove = async (deps: StepDeps, from: Versioned): Promise<Answered> => {
  const { proved, clientId, uid } = from.attempt
  if ((await deps.dispatch(from.attempt)) !== 'move-identity' || proved?.kind !== 'recreated') return SHOW
  const identity = identityOf(deps, from)
  const owner = await deps.confirmRecreated(identity, { clientId, attemptUid: uid }, proved.proof)
  const isMoved = owner === proved.accountId && (await deps.moveIdentity(owner, identity.key))
  const to = isMoved ? await enterAccount(deps, from, identity) : undefined
  return to === undefined ? stop(deps, from) : { kind: 'redirect', to }
}
