import { maskText } from '#src/audit/mask.ts'
import { type DecisionRecord, isReference } from '#src/linking/decision-record.ts'

/**
 * A field of a comparison: how far it speaks for the person and against the runner-up, in bits (each doubles the odds), and
 * against a stranger. What a person and the runner-up would share is worth nothing against that one.
 */
type FieldView = {
  readonly field: string
  readonly level: string
  readonly bits: number
  readonly strangerBits: number
}

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
  /** The same two, against a stranger. */
  readonly strangerMargin: number
  readonly strangerStart: number
  readonly fields: readonly FieldView[]
}

type Shown = 'bits' | 'strangerBits'
const total = (fields: readonly FieldView[], which: Shown): number => fields.reduce((sum, one) => sum + one[which], 0)

const HIDDEN = '…'

/** The same for who may not see numbers of people: of a million numbers that are tried, one has the reference. */
export const withoutReferences = <Decision extends { readonly records: readonly RecordView[] }>(
  decision: Decision,
): Decision => ({
  ...decision,
  records: decision.records.map(record => (isReference(record) ? { ...record, customerId: HIDDEN } : record)),
})

/** A record of a decision as it is shown: levels and weights, the number masked. */
export const viewRecord = (record: DecisionRecord['records'][number]): RecordView => {
  const { serviceLine, customerId, verdict, rule, hindrance, wrong, runnerUp, margin, own, rivals } = record
  const fields = record.fields.map(field => ({
    field: field.field,
    level: `${field.level}`,
    bits: Math.log2(field.own / field[runnerUp]),
    strangerBits: Math.log2(field.own / field.stranger),
  }))
  const strangerMargin = Math.log2(own / rivals.stranger)
  return {
    // A reference is for who may reveal: others are told the decision without it.
    serviceLine,
    customerId: isReference(record) ? customerId : maskText(customerId),
    verdict,
    because: rule ?? hindrance ?? verdict,
    wrong,
    runnerUp,
    margin,
    start: margin - total(fields, 'bits'),
    strangerMargin,
    strangerStart: strangerMargin - total(fields, 'strangerBits'),
    fields,
  }
}
