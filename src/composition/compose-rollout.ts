import type { ClientRegistry } from '#src/clients/client-registry.ts'
import { appOf, trialOf } from '#src/clients/trial-clients.ts'
import type { UpstreamPolicy } from '#src/clients/upstream-policy.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { type AcceptsMethods, createAcceptsMethods } from '#src/rollout/accepted-methods.ts'
import { type BucketOf, createBucketOf } from '#src/rollout/bucket.ts'
import { decisionOf } from '#src/rollout/decision-counts.ts'
import { type CountStep, createFunnel, type Funnel } from '#src/rollout/funnel.ts'
import { createRollouts, type Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'

/** What an app offers whom today, and the count of what came of it. */
export type Rollout = {
  readonly rollouts: Rollouts
  readonly acceptsMethods: AcceptsMethods
  readonly bucketOf: BucketOf
  readonly funnel: Funnel
  readonly count: CountStep
}

/**
 * Joins the policies of files and admins, the secret of the percentages, and the funnel. A trial (ADR 0074) goes by what
 * is in force for its app; its steps are told in the audit trail and counted nowhere.
 */
export const composeRollout = async (deps: {
  store: Store
  clients: Pick<ClientRegistry, 'find'>
  upstreamPolicy: UpstreamPolicy
  clock: Clock
  logger: Logger
}): Promise<Rollout> => {
  const { store, clients, upstreamPolicy, clock, logger } = deps
  const ofApps = createRollouts({
    rollouts: store.rollouts,
    policyOfFile: id => clients.find(id)?.pias_rollout,
    clock,
  })
  const rollouts: Rollouts = { ...ofApps, policyOf: id => ofApps.policyOf(appOf(id)) }
  const ofApp = createBucketOf(await loadSecret(store.keys, 'rollout'))
  const funnel = createFunnel({ funnel: store.funnel, clock })
  const noteStep: CountStep = ({ clientId, ...data }) => {
    // The trail of a test login has the decision itself.
    if (decisionOf(data.step) !== undefined) return
    const lost = (error: unknown) =>
      logger.warn({ event: 'trial_step_lost', cause: String(error) }, 'a step is missing')
    store.audit.append([{ at: clock(), type: 'trial.step', clientId, data }]).catch(lost)
  }
  return {
    rollouts,
    acceptsMethods: createAcceptsMethods({ isUpstreamOf: upstreamPolicy.isAllowed, ...rollouts }),
    bucketOf: (clientId, reference) => ofApp(appOf(clientId), reference),
    funnel,
    count: at => (trialOf(at.clientId) === undefined ? funnel.count : noteStep)(at),
  }
}
