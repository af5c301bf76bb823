import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { ChainMark } from './chain.ts'
import type { ChainMarks } from './marks.ts'

const DAY_MS = 24 * 3600 * 1000
const RUN_EVERY_MS = 3600 * 1000
const PAGE = 1000
/** Events and blocks that go at a time, so that nobody else waits for it. */
const REMOVED_AT_A_TIME = 5000

/**
 * Drops what was sealed more than `keepDays` ago, by whole days (UTC): first the beginning of the chain is moved, then
 * what is before it goes. A run that is broken off is ended by the next.
 */
export const createAuditRetention = (deps: {
  auditChain: AuditChainPort
  start: ChainMarks['start']
  keepDays: number
  clock: Clock
}): Job => {
  const { auditChain, start, keepDays, clock } = deps

  const lastBefore = async (end: number, from: ChainMark): Promise<ChainMark> => {
    for (let mark = from; ; ) {
      const page = await auditChain.blocks({ after: mark.number, limit: PAGE })
      const old = page.filter(({ sealedAt }) => sealedAt < end)
      mark = old.at(-1) ?? mark
      if (old.length < PAGE) return mark
    }
  }

  const run = async (): Promise<void> => {
    const today = Math.floor(clock() / DAY_MS) * DAY_MS
    const from = await start.read()
    const to = await lastBefore(today - keepDays * DAY_MS, from)
    const head = await auditChain.head()
    // The last block stays: it says where the chain goes on.
    if (to.number > from.number && to.number !== head?.number && !(await start.advance(from, to))) return
    const { number: through } = await start.read()
    while ((await auditChain.remove({ through, limit: REMOVED_AT_A_TIME })) > 0);
  }
  return { name: 'audit retention', everyMs: RUN_EVERY_MS, run }
}
