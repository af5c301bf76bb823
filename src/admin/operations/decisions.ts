import { type AuditFilter, searchAll } from '#src/audit/export.ts'
import { maskText } from '#src/audit/mask.ts'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import { type DecisionRecord, isDecisionEvent, referenceOf } from '#src/linking/decision-record.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'

/** A field of a comparison: what it is worth for the person and for the strongest rival, in bits (each doubles the odds). */
type FieldView = { readonly field: string; readonly level: string; readonly bits: number }

/** One record of a decision: why it was linked, offered or passed over. */
export type RecordView = {
  readonly serviceLine: string
  readonly customerId: string
  readonly verdict: string
  readonly because: string
  /** The probability that linking it would be wrong, and what is accepted at most. */
  readonly wrong: number
  readonly runnerUp: string
  /** How far the person is ahead of the runner-up, in bits. */
  readonly margin: number
  /** What the margin was before any field was compared. */
  readonly start: number
  readonly fields: readonly FieldView[]
}

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

/** Decisions that are told of an account, and of a record, unless all are asked for: the newest. */
export const MOST_DECISIONS = 200
const HASHED = '#'

/** A record of a decision as it is shown: levels and weights, the number masked. */
export const viewRecord = (record: DecisionRecord['records'][number]): RecordView => {
  const { serviceLine, customerId, verdict, rule, hindrance, wrong, runnerUp, margin } = record
  const fields = record.fields.map(field => ({
    field: field.field,
    level: `${field.level}`,
    bits: Math.log2(field.own / field[runnerUp]),
  }))
  return {
    // A reference in place of the number says nothing that has to be masked.
    serviceLine,
    customerId: customerId.startsWith(HASHED) ? customerId : maskText(customerId),
    verdict,
    because: rule ?? hindrance ?? verdict,
    wrong,
    runnerUp,
    margin,
    start: margin - fields.reduce((sum, { bits }) => sum + bits, 0),
    fields,
  }
}

const view = (event: FoundAuditEvent & { data: { decision: DecisionRecord } }): DecisionView => {
  const { outcome, ruleVersion, errorBudget, margins, compared, records } = event.data.decision
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

/** Tells decisions about links as they were made, with evidence and weights and without any value of a field. */
export const createDecisionOperations = ({ audit }: { audit: Pick<AuditPort, 'search'> }) => {
  const only = (event: Parameters<typeof view>[0], key: CustomerKey): readonly DecisionView[] => {
    const wanted = new Set([customerKeyOf(key), customerKeyOf({ ...key, customerId: referenceOf(key) })])
    const records = event.data.decision.records.filter(record => wanted.has(customerKeyOf(record)))
    return records.length === 0 ? [] : [{ ...view(event), records: records.map(viewRecord) }]
  }

  const decisionsOf = async (filter: AuditFilter, most: number) => {
    const found: (FoundAuditEvent & { data: { decision: DecisionRecord } })[] = []
    for await (const event of searchAll(audit, filter, most)) if (isDecisionEvent(event)) found.push(event)
    return found
  }

  return {
    /** What matching would not decide: of people without an account, newest first. `last` is where the page ended. */
    undecided: async (query: {
      limit: number
      before?: Pick<FoundAuditEvent, 'at' | 'sequence'>
    }): Promise<{ decisions: readonly DecisionView[]; last?: FoundAuditEvent }> => {
      const events = await audit.search({ type: 'link.unresolved', ...query })
      const last = events.length < query.limit ? undefined : events.at(-1)
      return { decisions: events.filter(isDecisionEvent).map(view), ...(last && { last }) }
    },

    /** Why an account has what it has, newest first. */
    ofAccount: async (accountId: string, most = MOST_DECISIONS): Promise<readonly DecisionView[]> =>
      (await decisionsOf({ accountId, type: 'link.decided' }, most)).map(view),

    /**
     * Why a record was linked to an account, or to nobody: decisions about its owner, and the latest about people without
     * an account.
     */
    ofRecord: async (
      key: CustomerKey,
      owner: string | undefined,
      most = MOST_DECISIONS,
    ): Promise<readonly DecisionView[]> => {
      const record = customerKeyOf(key)
      const [ofOwner, ofNobody] = await Promise.all([
        owner === undefined ? [] : decisionsOf({ accountId: owner, type: 'link.decided' }, most),
        decisionsOf({ record, type: 'link.unresolved' }, most),
      ])
      return [...ofOwner, ...ofNobody].flatMap(event => only(event, key))
    },
  }
}
