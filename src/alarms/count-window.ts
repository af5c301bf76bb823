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

/** Whose decision it was; one from before that was written down is somebody's of their own. */
const personIn = ({ data, accountId, sequence }: Decided): string => {
  const { person } = data as { readonly person?: string }
  return person ?? accountId ?? `event ${sequence}`
}

/** A record (its key, by reference), how many people it was linked or offered for, and in which decisions. */
type Busiest = { readonly record?: string; readonly people: number; readonly events: readonly Decided[] }

/** The record that was linked or offered for most people. */
const onBusiest = (events: readonly Decided[]): Busiest => {
  const found = new Map<string, { people: Set<string>; events: Decided[] }>()
  let busiest: Busiest = { people: 0, events: [] }
  for (const event of events) {
    const person = personIn(event)
    for (const record of event.data.decision.records.filter(isOpen).map(byReference).map(customerKeyOf)) {
      const of = found.get(record) ?? { people: new Set(), events: [] }
      of.people.add(person)
      of.events.push(event)
      found.set(record, of)
      if (of.people.size > busiest.people) busiest = { record, people: of.people.size, events: of.events }
    }
  }
  return busiest
}

/**
 * Counts what the audit trail tells of a time (epoch milliseconds, `to` excluded). Of a login that is repeated each decision
 * counts in rates; of a record, each person once (ADR 0100). Where there is more than is read, only the end of the time is counted.
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
    mostOnOneRecord: onBusiest([...made, ...open]).people,
  }
}

/**
 * What `mostOnOneRecord` counts: the record (its key, by reference) that was linked or offered for most people in a time, how
 * many these were, and the decisions about it, newest first; no record where there was none. Where there are more decisions than are read, of the end of the time
 * alone; refused proofs are not read, so where these are more, it goes further back than what was counted.
 * @throws PiasError `store.unavailable`
 */
export const findBusiestRecord = async (audit: Pick<AuditPort, 'search'>, time: Time): Promise<Busiest> => {
  const read = await readEnd(audit, DECIDED, time)
  const { events, ...busiest } = onBusiest(read.flat().filter(isDecisionEvent))
  const newestFirst = [...events].sort((a, b) => b.at - a.at || b.sequence - a.sequence)
  return { ...busiest, events: newestFirst }
}
