import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import { BEGINNING, type BlockMac } from './chain.ts'

/** How often a node looks for events that are in no block yet: they are within a second. */
const LOOK_EVERY_MS = 500
/** Events of one block at most. */
const MOST = 1000

/**
 * Chains what was appended. Every node looks; whoever is first appends the block, the others' is refused by the store and
 * they look again in their turn. So one seals at a time, and none is needed in particular.
 */
export const createAuditSealer = (deps: { auditChain: AuditChainPort; macOf: BlockMac; clock: Clock }): Job => {
  const { auditChain, macOf, clock } = deps

  /** @returns whether there may be more */
  const sealOnce = async (): Promise<boolean> => {
    const events = await auditChain.unsealed(MOST)
    if (events.length === 0) return false
    const head = (await auditChain.head()) ?? BEGINNING
    const sealedAt = clock()
    const block = { number: head.number + 1, sealedAt, events: events.length, mac: macOf(head, { sealedAt }, events) }
    const sealed = await auditChain.seal(
      block,
      events.map(({ sequence }) => sequence),
    )
    return sealed && events.length === MOST
  }

  const run = async (): Promise<void> => {
    while (await sealOnce());
  }
  return { name: 'audit sealing', everyMs: LOOK_EVERY_MS, run }
}
