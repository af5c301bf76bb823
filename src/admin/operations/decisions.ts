import { findBusiestRecord } from '#src/alarms/count-window.ts'
import { type AuditFilter, searchAll } from '#src/audit/export.ts'
import { maskText } from '#src/audit/mask.ts'
import { type CustomerKey, customerKeyOf, parseCustomerKey } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { byReference, type DecisionRecord, isDecisionEvent, referenceOf } from '#src/linking/decision-record.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { LinkChangesPort } from '#src/store/ports/link-changes.ts'
import { createLinkHistory, type LinkHistory, type LinkView } from './link-history.ts'
import { type RecordView, viewRecord } from './record-view.ts'

/** A decision as it was made then. */
export type DecisionView = {
  readonly event: number
  readonly at: number
  readonly account?: string
  readonly client?: string
  readonly outcome: string
  readonly ruleVersion: string
  readonly errorBudget: number
  readonly compared: number
  /** What stood against linking anything. */
  readonly hindrances: readonly string[]
  readonly records: readonly RecordView[]
}

/** Logins without an account are mostly such as found nobody, or were not matched: how far they are read through for a page. */
const READ_ON = [100, 100, 100] as const

/** Decisions that are told of an account, and of a record, on a page. */
export const MOST_DECISIONS = 200

/** Logins that are told of a record that somebody else has: the newest tell it. */
const MOST_CLAIMS = 10

const DAY_MS = 24 * 3600 * 1000

type Decided = FoundAuditEvent & { data: { decision: DecisionRecord } }

const view = (event: Decided): DecisionView => {
  const { ruleVersion, errorBudget, margins, compared, records } = event.data.decision
  // What came of it: what matching would have linked may be somebody else's already.
  const { outcome = event.data.decision.outcome } = event.data as { readonly outcome?: string }
  return {
    event: event.sequence,
    at: event.at,
    ...(event.accountId !== undefined && { account: event.accountId }),
    ...(event.clientId !== undefined && { client: event.clientId }),
    outcome,
    ruleVersion,
    errorBudget,
    compared,
    hindrances: margins,
    records: records.map(viewRecord),
  }
}

const isAbout = (key: CustomerKey) => {
  const wanted = new Set([customerKeyOf(key), customerKeyOf({ ...key, customerId: referenceOf(key) })])
  return (record: CustomerKey): boolean => wanted.has(customerKeyOf(record))
}

/** The same with one record alone: what is told of one says nothing of the others. */
const only = (event: Decided, key: CustomerKey): readonly DecisionView[] => {
  const records = event.data.decision.records.filter(isAbout(key))
  return records.length === 0 ? [] : [{ ...view(event), records: records.map(viewRecord) }]
}

/** A link with the decision that made it, if that is among these. */
const withDecision = ({ link, view: told }: LinkHistory, events: readonly Decided[]): LinkView => {
  const made = events.find(
    ({ at, data }) =>
      at >= link.linkedAt && data.decision.records.some(one => one.verdict === 'linked' && isAbout(link)(one)),
  )
  return { ...told, ...(made !== undefined && { decision: made.sequence }) }
}

const hasRecords = (event: FoundAuditEvent): event is Decided =>
  isDecisionEvent(event) && event.data.decision.records.length > 0

const newestFirst = (a: Decided, b: Decided): number => b.at - a.at || b.sequence - a.sequence

type Place = Pick<FoundAuditEvent, 'at' | 'sequence'>
/** How many decisions are told at a time, and where the page before ended. */
type Asked = { readonly limit: number; readonly before?: Place }

const NEWEST: Asked = { limit: MOST_DECISIONS }

/** Where a page ended that was full: there may be more. */
const endOf = (events: readonly Decided[], limit: number): { last?: Place } => {
  const last = events.length < limit ? undefined : events.at(-1)
  return last === undefined ? {} : { last }
}

/** Why links are as they are: what was decided, and how what is there came about. `last`: where a page ended that may go on. */
export type Explained<Links> = Links & { readonly decisions: readonly DecisionView[]; readonly last?: Place }

/** Tells decisions about links as they were made, with evidence and weights and without any value of a field. */
export const createDecisionOperations = ({
  audit,
  ...links
}: {
  audit: Pick<AuditPort, 'search'>
  accounts: Pick<AccountsPort, 'customersOf'>
  linkChanges: Pick<LinkChangesPort, 'list'>
}) => {
  const historyOf = createLinkHistory(links)

  const decisionsOf = async (
    filter: AuditFilter & { readonly before?: Place },
    most: number,
  ): Promise<readonly Decided[]> => {
    const found: Decided[] = []
    for await (const event of searchAll(audit, filter, most)) if (isDecisionEvent(event)) found.push(event)
    return found
  }

  return {
    /**
     * What matching would not decide though it found records: of people without an account, newest first. `last` is where the
     * page ended; a page may be short and not the last where nothing was found for long.
     */
    undecided: async ({ limit, before }: Asked): Promise<{ decisions: readonly DecisionView[]; last?: Place }> => {
      const found: Decided[] = []
      let last = before
      for (const most of [limit, ...READ_ON]) {
        const events = await audit.search({ type: 'link.unresolved', limit: most, ...(last && { before: last }) })
        found.push(...events.filter(hasRecords))
        last = events.length < most ? undefined : events.at(-1)
        if (last === undefined || found.length >= limit) break
      }
      const page = found.slice(0, limit)
      const end = found.length > limit ? page.at(-1) : last
      return { decisions: page.map(view), ...(end && { last: end }) }
    },

    /**
     * The logins that were to have a record that `owner` has, newest first, with that record alone, its number masked: those
     * of the `person` of a claim, and all since it was raised (`from`, epoch milliseconds).
     */
    claimsOn: async (
      key: CustomerKey,
      { owner, from, person }: { readonly owner: string; readonly from: number; readonly person?: string },
    ): Promise<readonly DecisionView[]> => {
      const record = customerKeyOf(key)
      const earliest = from - DAY_MS
      const found = await Promise.all(
        ['link.unresolved', 'link.decided'].map(type => decisionsOf({ record, type, from: earliest }, MOST_DECISIONS)),
      )
      const isClaim = ({ at, accountId, data }: Decided): boolean => {
        if (accountId === owner) return false
        const { person: by } = data as { readonly person?: string }
        if (person !== undefined && by === person) return true
        return at >= from && data.decision.records.some(one => isAbout(key)(one) && one.verdict !== 'passed-over')
      }
      return found
        .flat()
        .filter(isClaim)
        .sort(newestFirst)
        .slice(0, MOST_CLAIMS)
        .flatMap(event => only(event, key))
        .map(one => ({ ...one, records: one.records.map(told => ({ ...told, customerId: maskText(key.customerId) })) }))
    },

    /**
     * The record that came up for most people in a time (epoch milliseconds), by reference, for how many (`people`) and in how
     * many decisions (`count`), and the newest of these with that record alone; no record where nothing was decided.
     */
    onBusiestRecord: async (
      time: { readonly from: number; readonly to: number },
      most = MOST_DECISIONS,
    ): Promise<{
      readonly record?: CustomerKey
      readonly people: number
      readonly count: number
      readonly decisions: readonly DecisionView[]
    }> => {
      const { record: name, people, events } = await findBusiestRecord(audit, time)
      if (name === undefined) return { people, count: 0, decisions: [] }
      const record = parseCustomerKey(name)
      const decisions = events.slice(0, most).map(event => ({
        ...view(event),
        records: event.data.decision.records
          .map(byReference)
          .filter(one => customerKeyOf(one) === name)
          .map(viewRecord),
      }))
      return { record, people, count: events.length, decisions }
    },

    /** Why an account has what it has: each of its records, and a page of the decisions about it, newest first. */
    ofAccount: async (
      accountId: string,
      { limit, before }: Asked = NEWEST,
    ): Promise<Explained<{ readonly links: readonly LinkView[] }>> => {
      const [histories, events] = await Promise.all([
        historyOf(accountId as AccountId),
        decisionsOf({ accountId, type: 'link.decided', ...(before && { before }) }, limit),
      ])
      const links = histories.map(one => withDecision(one, events))
      return { links, decisions: events.map(view), ...endOf(events, limit) }
    },

    /**
     * Why a record was linked to an account, or to nobody: how it came to its owner, and a page of the decisions about it,
     * newest first: of its owner, of whoever had it before, of others it was passed over for, and of people without an account.
     */
    ofRecord: async (
      key: CustomerKey,
      owner: AccountId | undefined,
      { limit, before }: Asked = NEWEST,
    ): Promise<Explained<{ readonly link?: LinkView }>> => {
      const record = customerKeyOf(key)
      const [history] = owner === undefined ? [] : await historyOf(owner, record)
      const older = before && { before }
      const found = await Promise.all([
        ...['link.decided', 'link.unresolved'].map(type => decisionsOf({ record, type, ...older }, limit)),
        // Decisions of accounts are found by record only since that is written down with them.
        ...(history?.accounts ?? []).map(accountId =>
          decisionsOf({ accountId, type: 'link.decided', ...older }, limit),
        ),
      ])
      const all = [...new Map(found.flat().map(event => [event.sequence, event])).values()].sort(newestFirst)
      // Each search brought as many as a page holds, or all there are: none that belongs on it is missing.
      const events = all.slice(0, limit)
      const decisions = events.flatMap(event => only(event, key))
      return { ...(history && { link: withDecision(history, events) }), decisions, ...endOf(events, limit) }
    },
  }
}
