import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { BlockMac, ChainMark } from './chain.ts'
import type { ChainMarks } from './marks.ts'
import type { createTrailState } from './trail-state.ts'
import { type ChainReport, verifyChain } from './verify.ts'

const RUN_EVERY_MS = 10 * 60 * 1000
/** Older events that are looked at with every run, beside what is new. */
const WALKED_EVENTS = 20_000

type ChainDeps = { readonly auditChain: AuditChainPort; readonly macOf: BlockMac; readonly marks: ChainMarks }

/**
 * Verifies the whole trail, or `until` events of it after a mark. What is being dropped meanwhile is no problem.
 * @param options.known marks that were kept elsewhere
 */
export const verifyTrail = async (
  { marks, ...chain }: ChainDeps,
  options: { after?: ChainMark; until?: number; known?: readonly ChainMark[] } = {},
): Promise<ChainReport> => {
  const [start, verified] = await Promise.all([marks.start.read(), marks.verified.read()])
  const { after = start, known = [], ...rest } = options
  const from = after.number < start.number ? start : after
  const report = await verifyChain(chain, { ...rest, after: from, known: [...known, verified] })
  const moved = (await marks.start.read()).number > from.number
  return report.problems.length > 0 && moved ? verifyTrail({ marks, ...chain }, options) : report
}

/**
 * Verifies what was sealed since it last ran, and walks through what is older, a part with every run. How far the trail is
 * known to be whole is remembered and logged (`audit_verified`), for a log that is kept elsewhere; what is not is logged
 * as `audit_broken`, with every run that finds it. What was found last is kept for all nodes ({@link createTrailState}).
 */
export const createAuditWatch = (
  deps: ChainDeps & { state: Pick<ReturnType<typeof createTrailState>, 'note'>; clock: Clock; logger: Logger },
): Job => {
  const { marks, logger, state, clock, ...chain } = deps
  const all = { ...chain, marks }
  let walked: ChainMark | undefined
  /** Whether nothing was found since the walk set out. */
  let isWhole = true

  const walk = async (): Promise<{ problems: readonly string[]; isOver: boolean }> => {
    const report = await verifyTrail(all, { until: WALKED_EVENTS, ...(walked !== undefined && { after: walked }) })
    walked = report.events < WALKED_EVENTS ? undefined : report.end
    return { problems: report.problems, isOver: walked === undefined }
  }

  const run = async (): Promise<void> => {
    const verified = await marks.verified.read()
    const report = await verifyTrail(all, { after: verified })
    const older = await walk()
    const problems = [...new Set([...report.problems, ...older.problems])]
    isWhole &&= problems.length === 0
    await state.note({ at: clock(), problems, isAll: isWhole && older.isOver })
    if (older.isOver) isWhole = true
    if (problems.length > 0) {
      logger.error({ event: 'audit_broken', problems }, 'the audit trail was changed')
      return
    }
    const { number, mac } = report.end
    if (number > verified.number) await marks.verified.advance(verified, report.end)
    logger.info({ event: 'audit_verified', block: number, mac }, 'the audit trail is whole')
  }
  return { name: 'audit verification', everyMs: RUN_EVERY_MS, run }
}
