import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import { DECISION_TYPES, type DecisionEvent, isDecisionEvent } from './decision-record.ts'

const PAGE = 500

/** Decisions of one kind as they were written, the newest first. */
async function* readType(audit: Pick<AuditPort, 'search'>, type: string, query: { from: number; most: number }) {
  let before: Pick<FoundAuditEvent, 'at' | 'sequence'> | undefined
  for (let left = query.most; left > 0; left -= PAGE) {
    const limit = Math.min(PAGE, left)
    const events = await audit.search({ type, from: query.from, limit, ...(before && { before }) })
    yield* events.filter(isDecisionEvent)
    before = events.at(-1)
    if (events.length < limit) return
  }
}

/**
 * Decisions about links since a moment, as they were written: those about somebody who got an account, about nobody's, and
 * those that were only recorded; of each the newest `most` at most, the newest first.
 * @param query.from epoch milliseconds
 * @throws PiasError `store.unavailable`
 */
export async function* readDecisions(
  audit: Pick<AuditPort, 'search'>,
  query: { readonly from: number; readonly most: number },
): AsyncGenerator<FoundAuditEvent & DecisionEvent> {
  for (const type of DECISION_TYPES) yield* readType(audit, type, query)
}
