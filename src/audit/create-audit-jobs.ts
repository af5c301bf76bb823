import { loadSecret } from '#src/crypto/load-secret.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { CHAIN_SECRET, createBlockMac } from './chain.ts'
import { createChainMarks } from './marks.ts'
import { createAuditRetention } from './retention.ts'
import { createAuditSealer } from './seal.ts'
import { createTrailState } from './trail-state.ts'
import { createAuditWatch } from './watch.ts'

/** What it takes to look at the chain of a store. */
export const openChain = async (store: { auditChain: AuditChainPort; keys: KeysPort }) => ({
  auditChain: store.auditChain,
  macOf: createBlockMac(await loadSecret(store.keys, CHAIN_SECRET)),
  marks: createChainMarks(store.keys),
})

/** What a node does for the audit trail: `seal` on every node, the others on one at a time. */
export const createAuditJobs = async (deps: {
  store: { auditChain: AuditChainPort; keys: KeysPort }
  keepDays: number
  clock: Clock
  logger: Logger
}): Promise<{ seal: Job; watch: Job; retain: Job }> => {
  const { store, clock, logger, keepDays } = deps
  const chain = await openChain(store)
  return {
    seal: createAuditSealer({ ...chain, clock }),
    watch: createAuditWatch({ ...chain, state: createTrailState(store.keys), clock, logger }),
    retain: createAuditRetention({ ...chain, start: chain.marks.start, keepDays, clock }),
  }
}
