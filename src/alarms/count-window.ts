import { customerKeyOf } from '#src/kernel/customer.ts'
import { byReference, type DecisionEvent, type DecisionRecord, isDecisionEvent } from '#src/linking/decision-record.ts'
import { readNewest } from '#src/linking/read-decisions.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { WindowCounts } from './judge-alarms.ts'

/** The newest of a kind that are read: enough for rates, and no work for the store on the busiest hour. */
const MOST = 5000

const DECIDED = ['link.decided', 'link.unresolved'] as const
const COUNTED = [...DECIDED, 'proof.refused'] as const

type Decided = FoundAuditEvent & DecisionEvent
type Time = { readonly from: number; readonly to: number }

const readType = async (audit: Pick<AuditPort, 'search'>, type: string, { from, to }: Time) => {
  const events: FoundAuditEvent[] = []
  for await (const event of readNewest(audit, { type, from, to, most: MOST })) events.push(event)
  return { events, since: events.length === MOST ? (events.at(-1)?.at ?? from) : from }
}

/** Events of some types: where there are more of one than are read, the end of the time, the same for every type. */
const readEnd = async (audit: Pick<AuditPort, 'search'>, types: readonly string[], time: Time) => {
  const read = await Promise.all(types.map(type => readType(audit, type, time)))
  const since = Math.max(...read.map(one => one.since))
  return read.map(({ events }) => events.filter(({ at }) => at >= since))
}

const isOpen = ({ verdict }: DecisionRecord['records'][number]): boolean => verdict !== 'passed-over'

/** The decisions in which the record was linked or offered that was so most often. */
const onBusiest = (events: readonly Decided[]): { readonly record?: string; readonly events: readonly Decided[] } => {
  const found = new Map<string, Decided[]>()
  let busiest: { record?: string; events: readonly Decided[] } = { events: [] }
  for (const event of events) {
    for (const record of event.data.decision.records.filter(isOpen).map(byReference).map(customerKeyOf)) {
      const of = found.get(record) ?? []
      of.push(event)
      found.set(record, of)
      if (of.length > busiest.events.length) busiest = { record, events: of }
    }
  }
  return busiest
}

/**
 * Counts what the audit trail tells of a time (epoch milliseconds, `to` excluded). Of a login that is repeated each decision
 * counts: the trail does not say whose it was. Where there is more than is read, only the end of the time is counted.
 * @throws PiasError `store.unavailable`
 */
export const countWindow = async (audit: Pick<AuditPort, 'search'>, time: Time): Promise<WindowCounts> => {
  const [decided = [], unresolved = [], refused = []] = await readEnd(audit, COUNTED, time)
  const [made, open] = [decided.filter(isDecisionEvent), unresolved.filter(isDecisionEvent)]
  const linked = made.filter(({ data }) => !data.decision.records.some(({ rule }) => rule === 'proven')).length
  return {
    decisions: linked + open.length,
    linked,
    confirm: open.filter(({ data }) => data.decision.outcome === 'confirm').length,
    acceptedProofs: made.length - linked,
    refusedProofs: refused.length,
    mostOnOneRecord: onBusiest([...made, ...open]).events.length,
  }
}

/**
 * What `mostOnOneRecord` counts: the record (its key, by reference) that was linked or offered in most decisions of a time,
 * and these, newest first; no record where there was none. Where there are more decisions than are read, of the end of the time
 * alone; refused proofs are not read, so where these are more, it goes further back than what was counted.
 * @throws PiasError `store.unavailable`
 */
export const findBusiestRecord = async (
  audit: Pick<AuditPort, 'search'>,
  time: Time,
): Promise<{ readonly record?: string; readonly events: readonly Decided[] }> => {
  const read = await readEnd(audit, DECIDED, time)
  const { record, events } = onBusiest(read.flat().filter(isDecisionEvent))
  const newestFirst = [...events].sort((a, b) => b.at - a.at || b.sequence - a.sequence)
  return { ...(record !== undefined && { record }), events: newestFirst }
}
