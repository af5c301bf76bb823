import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { UpstreamPolicy } from '#src/clients/upstream-policy.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { type AcceptsMethods, createAcceptsMethods } from '#src/rollout/accepted-methods.ts'
import { type BucketOf, createBucketOf } from '#src/rollout/bucket.ts'
import { createFunnel, type Funnel } from '#src/rollout/funnel.ts'
import { createRollouts, type Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'

/** What an app offers whom today, and the count of what came of it. */
export type Rollout = {
  readonly rollouts: Rollouts
  readonly acceptsMethods: AcceptsMethods
  readonly bucketOf: BucketOf
  readonly funnel: Funnel
}

/** Joins the policies of files and admins, the secret of the percentages, and the funnel. */
export const composeRollout = async (deps: {
  store: Store
  clients: Pick<ClientRegistry, 'find'>
  upstreamPolicy: UpstreamPolicy
  clock: Clock
}): Promise<Rollout> => {
  const { store, clients, upstreamPolicy, clock } = deps
  const rollouts = createRollouts({
    rollouts: store.rollouts,
    policyOfFile: id => clients.find(id)?.pias_rollout,
    clock,
  })
  return {
    rollouts,
    acceptsMethods: createAcceptsMethods({ isUpstreamOf: upstreamPolicy.isAllowed, ...rollouts }),
    bucketOf: createBucketOf(await loadSecret(store.keys, 'rollout')),
    funnel: createFunnel({ funnel: store.funnel, clock }),
  }
}
