import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import { DECISION_TYPES, type DecisionEvent, isDecisionEvent, SHADOW_TYPE } from './decision-record.ts'

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
  for (const type of DECISION_TYPES) {
    for await (const event of readNewest(audit, { type, ...query })) if (isDecisionEvent(event)) yield event
  }
}

/** A view of the audit trail that has no decisions that were only recorded. */
export const actedOn = ({ search }: Pick<AuditPort, 'search'>): Pick<AuditPort, 'search'> => ({
  search: async query => (query.type === SHADOW_TYPE ? [] : search(query)),
})
