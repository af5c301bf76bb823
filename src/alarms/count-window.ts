import { customerKeyOf } from '#src/kernel/customer.ts'
import { type DecisionRecord, isDecisionEvent, referenceOf } from '#src/linking/decision-record.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { WindowCounts } from './judge-alarms.ts'

const PAGE = 500
/** The newest of a kind that are read: enough for rates, and no work for the store on the busiest hour. */
const MOST = 5000

async function* read(
  audit: Pick<AuditPort, 'search'>,
  type: string,
  { from, to }: { from: number; to: number },
): AsyncGenerator<FoundAuditEvent> {
  let before: FoundAuditEvent | undefined
  for (let left = MOST; left > 0; left -= PAGE) {
    const events = await audit.search({ type, from, to, limit: PAGE, ...(before && { before }) })
    yield* events
    before = events.at(-1)
    if (events.length < PAGE) return
  }
}

const HASHED = '#'

/** Records are named by number where somebody has them, and by reference where nobody does: here always by the latter. */
const nameOf = (record: DecisionRecord['records'][number]): string =>
  customerKeyOf(record.customerId.startsWith(HASHED) ? record : { ...record, customerId: referenceOf(record) })

const isOpen = ({ verdict }: DecisionRecord['records'][number]): boolean => verdict !== 'passed-over'

/**
 * Counts what the audit trail tells of a time (epoch milliseconds, `to` excluded). Of a login that is repeated each decision
 * counts: the trail does not say whose it was.
 * @throws PiasError `store.unavailable`
 */
export const countWindow = async (
  audit: Pick<AuditPort, 'search'>,
  time: { readonly from: number; readonly to: number },
): Promise<WindowCounts> => {
  const counts = { decisions: 0, linked: 0, confirm: 0, acceptedProofs: 0, refusedProofs: 0 }
  const records = new Map<string, number>()
  let mostOnOneRecord = 0
  const addRecords = (decision: DecisionRecord): void => {
    for (const name of decision.records.filter(isOpen).map(nameOf)) {
      const times = (records.get(name) ?? 0) + 1
      records.set(name, times)
      mostOnOneRecord = Math.max(mostOnOneRecord, times)
    }
  }
  for await (const event of read(audit, 'link.decided', time)) {
    if (!isDecisionEvent(event)) continue
    const { decision } = event.data
    addRecords(decision)
    if (decision.records.some(({ rule }) => rule === 'proven')) counts.acceptedProofs += 1
    else {
      counts.decisions += 1
      counts.linked += 1
    }
  }
  for await (const event of read(audit, 'link.unresolved', time)) {
    if (!isDecisionEvent(event)) continue
    addRecords(event.data.decision)
    counts.decisions += 1
    if (event.data.decision.outcome === 'confirm') counts.confirm += 1
  }
  for await (const _ of read(audit, 'proof.refused', time)) counts.refusedProofs += 1
  return { ...counts, mostOnOneRecord }
}
