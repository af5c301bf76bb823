import type { Comparison, Field } from '#src/matching/compare/levels.ts'
import { type LevelWeights, type MatchModel, type Rival, SMALLEST_BASE } from './model.ts'

/** What the score needs besides the levels. */
export type ScoreFacts = {
  /** Records in the customer base. */
  readonly total: number
  /** Shares of the base that bear the compared names; of two forms the more frequent. */
  readonly firstNameShare: number
  readonly familyNameShare: number
  /** Whether a housemate shows whose first name the record's may be; a twin; a parent or child of the same name. */
  readonly housemateVisible: boolean
  readonly twinVisible: boolean
  readonly juniorVisible: boolean
  /** Whether the record is older than the day the person could first hold a contract. */
  readonly madeBeforeHolderAge: boolean
}

/** One field's part in a score: the factor it puts on each hypothesis. */
export type FieldScore = { readonly field: Field; readonly level: string } & LevelWeights

/**
 * The score of one record, explained. `own` is the number of the person's own records expected to agree like this, each
 * rival the number of their records that would; `wrong` is P(wrong), 0 to 1.
 */
export type Score = {
  readonly wrong: number
  readonly own: number
  readonly rivals: Readonly<Record<Rival, number>>
  readonly fields: readonly FieldScore[]
  /** How many of mobile and e-mail agree. */
  readonly possessions: 0 | 1 | 2
}

const NEUTRAL: LevelWeights = { own: 1, stranger: 1, household: 1, twin: 1, junior: 1 }
const CONTRADICTIONS = new Set<string>(['similar', 'differ'])

/**
 * Keeps evidence monotonic whatever a model says: an agreement never speaks for a rival more than for the person, a
 * contradiction never less.
 */
export const monotonic = (level: string, weights: LevelWeights): LevelWeights => {
  const bound = (weight: number): number =>
    CONTRADICTIONS.has(level) ? Math.max(weight, weights.own) : Math.min(weight, weights.own)
  return {
    own: weights.own,
    stranger: bound(weights.stranger),
    household: bound(weights.household),
    twin: bound(weights.twin),
    junior: bound(weights.junior),
  }
}

const tableOf = (model: MatchModel, field: Field): Readonly<Record<string, LevelWeights>> => model.weights[field]

/** The probability that a stranger shows this level: by frequency for names, per contact for what one may share. */
const strangerWeight = (field: Field, level: string, weight: number, facts: ScoreFacts, model: MatchModel): number => {
  if (field === 'firstName' && level !== 'differ' && level !== 'initial') return weight * facts.firstNameShare
  if (field === 'familyName' && level !== 'differ') return weight * facts.familyNameShare
  const total = Math.max(facts.total, SMALLEST_BASE)
  if (field === 'address' && level === 'full') return model.strangersPerContact.address / total
  const isContact = field === 'email' || field === 'mobile' || field === 'landline'
  return isContact && level === 'exact' ? model.strangersPerContact[field] / total : weight
}

const scoreField = (field: Field, comparison: Comparison, facts: ScoreFacts, model: MatchModel): FieldScore => {
  const level = comparison[field]
  // A national number holds the birth date: both agreeing is one piece of evidence.
  const isImplied = field === 'birthDate' && level === 'exact' && comparison.nationalNumber === 'exact'
  const weights = isImplied ? undefined : tableOf(model, field)[level]
  if (weights === undefined) return { field, level, ...NEUTRAL }
  const stranger = strangerWeight(field, level, weights.stranger, facts, model)
  const household =
    field === 'firstName' && level === 'exact' ? weights.household * facts.firstNameShare : weights.household
  return { field, level, ...monotonic(level, { ...weights, stranger, household }) }
}

const FIELDS = [
  'firstName',
  'familyName',
  'birthDate',
  'nationalNumber',
  'mobile',
  'email',
  'landline',
  'address',
] as const satisfies readonly Field[]

/**
 * Scores a comparison by competing hypotheses: how many of the person's own records would agree like this, and how many
 * of a stranger (or namesake), a household member, a twin, a junior or senior.
 * `wrong = (R + H + T + J) / (λ·M + R + H + T + J)`, each a product over the fields; a missing field counts 1.
 * @see docs/matching.md; Fellegi & Sunter 1969
 */
export const score = (comparison: Comparison, facts: ScoreFacts, model: MatchModel): Score => {
  const fields = FIELDS.map(field => scoreField(field, comparison, facts, model))
  const product = (hypothesis: keyof LevelWeights): number =>
    fields.reduce((value, field) => value * field[hypothesis], 1)
  const possessions = (Number(comparison.mobile === 'exact') + Number(comparison.email === 'exact')) as 0 | 1 | 2
  const shared = model.sharedPossessions[possessions]
  const visible = (rival: 'household' | 'twin' | 'junior', isVisible: boolean): number =>
    model.visibility[rival][isVisible ? 'visible' : 'hidden']
  const { household, twin, junior } = model.rivalRecords
  const rivals = {
    stranger: model.strangerSafety * Math.max(facts.total, SMALLEST_BASE) * product('stranger'),
    household: household * visible('household', facts.housemateVisible) * shared * product('household'),
    twin: twin * visible('twin', facts.twinVisible) * shared * product('twin'),
    junior: junior * visible('junior', facts.juniorVisible) * shared * product('junior'),
  }
  const own = model.ownRecords * (facts.madeBeforeHolderAge ? model.madeBeforeHolderAge : 1) * product('own')
  const against = rivals.stranger + rivals.household + rivals.twin + rivals.junior
  return { wrong: against / (own + against), own, rivals, fields, possessions }
}
