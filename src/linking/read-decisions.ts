import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import { DECISION_TYPES, type DecisionEvent, isDecisionEvent } from './decision-record.ts'

const PAGE = 500

/**
 * Events of one type since a moment, before another where one is given, the newest first and `most` at most.
 * @throws PiasError `store.unavailable`
 */
export async function* readNewest(
  audit: Pick<AuditPort, 'search'>,
  { most, ...query }: { readonly type: string; readonly from: number; readonly to?: number; readonly most: number },
): AsyncGenerator<FoundAuditEvent> {
  let before: Pick<FoundAuditEvent, 'at' | 'sequence'> | undefined
  for (let left = most; left > 0; left -= PAGE) {
    const limit = Math.min(PAGE, left)
    const events = await audit.search({ ...query, limit, ...(before && { before }) })
    yield* events
    before = events.at(-1)
    if (events.length < limit) return
  }
}

/** Whether decisions were acted on or only recorded, since when (epoch milliseconds), and how many of each type at most. */
export type DecisionQuery = { readonly kind: keyof typeof DECISION_TYPES; readonly from: number; readonly most: number }

/**
 * Decisions about links since a moment, as they were written, those that were acted on (about somebody who got an account, and
 * about nobody's) or those that were only recorded: one person leaves many of these, one with each login. Of each type the newest, the newest first.
 * @throws PiasError `store.unavailable`
 */
export async function* readDecisions(
  audit: Pick<AuditPort, 'search'>,
  { kind, ...query }: DecisionQuery,
): AsyncGenerator<FoundAuditEvent & DecisionEvent> {
  for (const type of DECISION_TYPES[kind]) {
    for await (const event of readNewest(audit, { type, ...query })) if (isDecisionEvent(event)) yield event
  }
}
