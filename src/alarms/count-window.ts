import { customerKeyOf } from '#src/kernel/customer.ts'
import { type DecisionRecord, isDecisionEvent, referenceOf } from '#src/linking/decision-record.ts'
import { readNewest } from '#src/linking/read-decisions.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { WindowCounts } from './judge-alarms.ts'

/** The newest of a kind that are read: enough for rates, and no work for the store on the busiest hour. */
const MOST = 5000

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

const HASHED = '#'

/** Records are named by number where somebody has them, and by reference where nobody does: here always by the latter. */
const nameOf = (record: DecisionRecord['records'][number]): string =>
  customerKeyOf(record.customerId.startsWith(HASHED) ? record : { ...record, customerId: referenceOf(record) })

const isOpen = ({ verdict }: DecisionRecord['records'][number]): boolean => verdict !== 'passed-over'

/** In how many of the decisions the record was linked or offered that was so most often. */
const mostOnOne = (decisions: readonly DecisionRecord[]): number => {
  const times = new Map<string, number>()
  let most = 0
  for (const name of decisions.flatMap(({ records }) => records.filter(isOpen).map(nameOf))) {
    times.set(name, (times.get(name) ?? 0) + 1)
    most = Math.max(most, times.get(name) ?? 0)
  }
  return most
}

const decisionsOf = (events: readonly FoundAuditEvent[]): readonly DecisionRecord[] =>
  events.filter(isDecisionEvent).map(({ data }) => data.decision)

/**
 * Counts what the audit trail tells of a time (epoch milliseconds, `to` excluded). Of a login that is repeated each decision
 * counts: the trail does not say whose it was. Where there is more than is read, only the end of the time is counted.
 * @throws PiasError `store.unavailable`
 */
export const countWindow = async (audit: Pick<AuditPort, 'search'>, time: Time): Promise<WindowCounts> => {
  const [decided = [], unresolved = [], refused = []] = await readEnd(
    audit,
    ['link.decided', 'link.unresolved', 'proof.refused'],
    time,
  )
  const [made, open] = [decisionsOf(decided), decisionsOf(unresolved)]
  const linked = made.filter(({ records }) => !records.some(({ rule }) => rule === 'proven')).length
  return {
    decisions: linked + open.length,
    linked,
    confirm: open.filter(({ outcome }) => outcome === 'confirm').length,
    acceptedProofs: made.length - linked,
    refusedProofs: refused.length,
    mostOnOneRecord: mostOnOne([...made, ...open]),
  }
}
