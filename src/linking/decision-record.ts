import { hash } from 'node:crypto'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MatchDecision, MatchExplanation } from '#src/matching/decide.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Proof } from './proof.ts'

/**
 * A decision as the audit keeps it: versions, budget, margins, and of the records that came nearest the levels, weights and
 * rivals. No value of any field is in it, so it may be kept and shown to support.
 */
export type DecisionRecord = {
  readonly outcome: MatchDecision['outcome']
  readonly ruleVersion: string
  readonly errorBudget: number
  readonly margins: MatchDecision['margins']
  /** How many records were compared; `records` are those linked or offered, and the nearest of the others. */
  readonly compared: number
  readonly records: readonly MatchExplanation[]
}

const SIGNIFICANT_DIGITS = 4
const round = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS))

const roundAll = <T extends object>(values: T): T =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  ) as T

/** An explanation as it is kept: numbers to four digits. Apart, for most of what is explained is not kept. */
export const writeDown = (explanation: MatchExplanation): MatchExplanation => ({
  ...roundAll(explanation),
  rivals: roundAll(explanation.rivals),
  fields: explanation.fields.map(roundAll),
})

/** What is kept with a link, wherever it moves: how its record compared, and by what it was proved. */
export type LinkEvidence = MatchExplanation & { readonly proof?: Proof['kind'] }

/** Writes down the evidence of a link. @param proof of one that the person proved */
export const toEvidence = (explanation: MatchExplanation, proof?: Proof['kind']): LinkEvidence => ({
  ...writeDown(explanation),
  ...(proof !== undefined && { proof }),
})

/** The evidence of a link, if it has any: an import or an admin leaves none. */
export const evidenceOf = (evidence: Json): LinkEvidence | undefined =>
  typeof evidence === 'object' && evidence !== null && 'fields' in evidence
    ? (evidence as unknown as LinkEvidence)
    : undefined

/** Housemates and namesakes who were passed over are many; the nearest tell why. */
const MOST_PASSED_OVER = 5

/** Writes a decision down, with what came nearest. */
export const toDecisionRecord = (decision: MatchDecision, errorBudget: number): DecisionRecord => {
  const { outcome, ruleVersion, margins, explanations } = decision
  const isOpen = ({ verdict }: MatchExplanation): boolean => verdict !== 'passed-over'
  const passedOver = explanations.filter(one => !isOpen(one)).sort((a, b) => a.wrong - b.wrong)
  return {
    outcome,
    ruleVersion,
    errorBudget,
    margins,
    compared: explanations.length,
    records: [...explanations.filter(isOpen), ...passedOver.slice(0, MOST_PASSED_OVER)].map(writeDown),
  }
}

const REFERENCE_LENGTH = 12
const HASHED = '#'

/**
 * The same for somebody who has no account: records that may be anybody's are named by a reference, which whoever has the
 * customer number can make again.
 */
export const withoutNumbers = (record: DecisionRecord): DecisionRecord => ({
  ...record,
  records: record.records.map(one => ({ ...one, customerId: referenceOf(one) })),
})

/** The same for its person: records that were not linked may be anybody's, so nothing is told of them. */
export const linkedOnly = (record: DecisionRecord): DecisionRecord => ({
  ...record,
  records: record.records.filter(({ verdict }) => verdict === 'linked'),
})

/** How a record is named where its customer number must not stand. */
export const referenceOf = (key: CustomerKey): string =>
  `${HASHED}${hash('sha256', customerKeyOf(key), 'base64url').slice(0, REFERENCE_LENGTH)}`

/** Whether a record is named by a reference: decisions name it by number where somebody has it, and by reference where nobody does. */
export const isReference = ({ customerId }: Pick<CustomerKey, 'customerId'>): boolean => customerId.startsWith(HASHED)

/** A record by its reference, whichever way it is named. */
export const byReference = <Named extends CustomerKey>(record: Named): Named =>
  isReference(record) ? record : { ...record, customerId: referenceOf(record) }

/** An audit event with a decision. */
export type DecisionEvent = AuditEvent & { readonly data: { readonly decision: DecisionRecord } }

/** The audit event of a decision that was only recorded: an app in `shadow` acts on none. */
export const SHADOW_TYPE = 'link.shadowed'

/** Audit events with a decision: acted on (of an account, and of nobody's), or only recorded. */
export const DECISION_TYPES = { acted: ['link.decided', 'link.unresolved'], shadow: [SHADOW_TYPE] } as const

const ALL_TYPES: readonly string[] = Object.values(DECISION_TYPES).flat()

/** Whether an audit event holds a decision. */
export const isDecisionEvent = <E extends AuditEvent>(event: E): event is E & DecisionEvent =>
  ALL_TYPES.includes(event.type) && typeof event.data === 'object' && event.data !== null && 'decision' in event.data

/** As the value of an audit event. */
export const asJson = (record: DecisionRecord): Json => record as unknown as Json
