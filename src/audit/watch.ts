import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { BlockMac, ChainMark } from './chain.ts'
import { type ChainMarks, findStart } from './marks.ts'
import { noteChanged } from './own-notes.ts'
import type { createTrailState, KnownFindings } from './trail-state.ts'
import { type ChainReport, verifyChain } from './verify.ts'

const RUN_EVERY_MS = 10 * 60 * 1000
/** Older events that are looked at with every run, beside what is new. */
const WALKED_EVENTS = 20_000

type ChainDeps = { readonly auditChain: AuditChainPort; readonly macOf: BlockMac; readonly marks: ChainMarks }

/**
 * Verifies the whole trail, or `until` events of it after a mark. What is being dropped meanwhile is no problem. A note of
 * PIAS's own that was changed is one, and what can be verified without it is.
 * @param options.known marks that were kept elsewhere
 */
export const verifyTrail = async (
  { marks, ...chain }: ChainDeps,
  options: { after?: ChainMark; until?: number; known?: readonly ChainMark[] } = {},
): Promise<ChainReport> => {
  const [start, verified] = await Promise.all([findStart(chain.auditChain, marks.start), marks.verified.look()])
  const { after = start.mark, known = [], ...rest } = options
  const from = after.number < start.mark.number ? start.mark : after
  const kept = verified.mark === undefined ? known : [...known, verified.mark]
  const report = await verifyChain(chain, { ...rest, after: from, known: kept })
  const moved = ((await marks.start.look()).mark?.number ?? 0) > from.number
  if (report.problems.length > 0 && moved) return verifyTrail({ marks, ...chain }, options)
  return { ...report, problems: [...start.problems, ...verified.problems, ...report.problems] }
}

/**
 * Verifies what was sealed since it last ran, and walks through what is older, a part with every run. How far the trail is
 * known to be whole is remembered and logged (`audit_verified`), for a log that is kept elsewhere; what is not is logged
 * as `audit_broken`, with every run that finds it, and only then kept for all nodes ({@link createTrailState}). Where a
 * note that it goes by was itself changed, the trail is broken, and the rest is verified still.
 * @param deps.walkedEvents older events that are looked at with every run
 */
export const createAuditWatch = (
  deps: ChainDeps & {
    state: Pick<ReturnType<typeof createTrailState>, 'known' | 'note'>
    clock: Clock
    logger: Logger
    walkedEvents?: number
  },
): Job => {
  const { marks, logger, state, clock, walkedEvents = WALKED_EVENTS, ...chain } = deps
  const all = { ...chain, marks }
  let walked: ChainMark | undefined
  /** How far this node knows the trail was whole: where it goes on from when the note of that was changed. */
  let reached: ChainMark | undefined
  /** What was known when the walk set out; undefined once something was found since. */
  let setOut: KnownFindings | undefined

  const walk = async (): Promise<readonly string[]> => {
    const known = reached === undefined ? [] : [reached]
    const report = await verifyTrail(all, {
      until: walkedEvents,
      known,
      ...(walked !== undefined && { after: walked }),
    })
    walked = report.events < walkedEvents ? undefined : report.end
    return report.problems
  }

  const look = async (): Promise<{ problems: readonly string[]; from?: ChainMark; end?: ChainMark }> => {
    const { mark: from } = await marks.verified.look()
    // What this node knows counts where the note says less: it may have been removed.
    if (from !== undefined && from.number >= (reached?.number ?? 0)) reached = from
    // Without either, the walk alone comes to what is new.
    const fresh = reached && (await verifyTrail(all, { after: reached }))
    const problems = [...(fresh?.problems ?? []), ...(await walk())]
    return { problems, ...(from !== undefined && { from }), ...(fresh !== undefined && { end: fresh.end }) }
  }

  const run = async (): Promise<void> => {
    const known = await state.known()
    if (walked === undefined) setOut = known
    const { from, end, ...found } = await look()
    const problems = [...new Set([...found.problems, ...(known === undefined ? [noteChanged('audit-state')] : [])])]
    if (problems.length > 0) setOut = undefined
    // Logged first, for whoever changed the trail may have seen to it that nothing can be noted.
    if (problems.length > 0) logger.error({ event: 'audit_broken', problems }, 'the audit trail was changed')
    await state.note({ at: clock(), problems, ...(walked === undefined && setOut !== undefined && { whole: setOut }) })
    if (problems.length > 0 || from === undefined || end === undefined) return
    if (end.number > from.number) await marks.verified.advance(from, end)
    reached = end
    logger.info({ event: 'audit_verified', block: end.number, mac: end.mac }, 'the audit trail is whole')
  }
  return { name: 'audit verification', everyMs: RUN_EVERY_MS, run }
}
