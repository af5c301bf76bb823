import { findBusiestRecord } from '#src/alarms/count-window.ts'
import { type AuditFilter, searchAll } from '#src/audit/export.ts'
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

/** Pages of the trail that are read for one of logins without a decision: most of them found nobody, or were not matched. */
const MOST_READS = 20

/** Decisions that are told of an account, and of a record, unless all are asked for: the newest. */
export const MOST_DECISIONS = 200

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

const newestFirst = (a: Decided, b: Decided): number => b.at - a.at || b.sequence - a.sequence

/** Why links are as they are: what was decided, and how what is there came about. */
export type Explained<Links> = Links & { readonly decisions: readonly DecisionView[] }

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

  const decisionsOf = async (filter: AuditFilter, most: number): Promise<readonly Decided[]> => {
    const found: Decided[] = []
    for await (const event of searchAll(audit, filter, most)) if (isDecisionEvent(event)) found.push(event)
    return found
  }

  return {
    /**
     * What matching would not decide though it found records: of people without an account, newest first. `last` is where the
     * page ended; a page may be short and not the last where nothing was found for long.
     */
    undecided: async ({
      limit,
      before,
    }: {
      limit: number
      before?: Pick<FoundAuditEvent, 'at' | 'sequence'>
    }): Promise<{ decisions: readonly DecisionView[]; last?: Pick<FoundAuditEvent, 'at' | 'sequence'> }> => {
      const found: Decided[] = []
      let last = before
      for (let read = 0; read < MOST_READS; read += 1) {
        const events = await audit.search({ type: 'link.unresolved', limit, ...(last && { before: last }) })
        found.push(...events.filter(isDecisionEvent).filter(({ data }) => data.decision.records.length > 0))
        last = events.length < limit ? undefined : events.at(-1)
        if (last === undefined || found.length >= limit) break
      }
      const page = found.slice(0, limit)
      const end = found.length > limit ? page.at(-1) : last
      return { decisions: page.map(view), ...(end && { last: end }) }
    },

    /**
     * The record that came up in most decisions of a time (epoch milliseconds), by reference, in how many, and the newest of
     * these with that record alone; no record where nothing was decided.
     */
    onBusiestRecord: async (
      time: { readonly from: number; readonly to: number },
      most = MOST_DECISIONS,
    ): Promise<{
      readonly record?: CustomerKey
      readonly count: number
      readonly decisions: readonly DecisionView[]
    }> => {
      const { record: name, events } = await findBusiestRecord(audit, time)
      if (name === undefined) return { count: 0, decisions: [] }
      const record = parseCustomerKey(name)
      const decisions = events.slice(0, most).map(event => ({
        ...view(event),
        records: event.data.decision.records
          .map(byReference)
          .filter(one => customerKeyOf(one) === name)
          .map(viewRecord),
      }))
      return { record, count: events.length, decisions }
    },

    /** Why an account has what it has: each of its records, and the decisions about it, newest first. */
    ofAccount: async (
      accountId: string,
      most = MOST_DECISIONS,
    ): Promise<Explained<{ readonly links: readonly LinkView[] }>> => {
      const [histories, events] = await Promise.all([
        historyOf(accountId as AccountId),
        decisionsOf({ accountId, type: 'link.decided' }, most),
      ])
      return { links: histories.map(one => withDecision(one, events)), decisions: events.map(view) }
    },

    /**
     * Why a record was linked to an account, or to nobody: how it came to its owner, and the latest decisions about it, newest
     * first: of its owner, of whoever had it before, of others it was passed over for, and of people without an account.
     */
    ofRecord: async (
      key: CustomerKey,
      owner: AccountId | undefined,
      most = MOST_DECISIONS,
    ): Promise<Explained<{ readonly link?: LinkView }>> => {
      const record = customerKeyOf(key)
      const [history] = owner === undefined ? [] : await historyOf(owner, record)
      const found = await Promise.all([
        ...['link.decided', 'link.unresolved'].map(type => decisionsOf({ record, type }, most)),
        // Decisions of accounts are found by record only since that is written down with them.
        ...(history?.accounts ?? []).map(accountId => decisionsOf({ accountId, type: 'link.decided' }, most)),
      ])
      const events = [...new Map(found.flat().map(event => [event.sequence, event])).values()].sort(newestFirst)
      const decisions = events.flatMap(event => only(event, key)).slice(0, most)
      return { ...(history && { link: withDecision(history, events) }), decisions }
    },
  }
}
