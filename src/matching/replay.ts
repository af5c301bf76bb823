import type { Comparison } from './compare/levels.ts'
import type { Hindrance, MatchExplanation } from './decide/explanation.ts'
import { isOffered } from './decide/offers.ts'
import type { MatchDecision } from './decide.ts'
import { type LevelWeights, type MatchModel, RIVALS, type Rival } from './model.ts'
import { type FieldScore, monotonic } from './score.ts'

/** What is left of a decision when its claims are gone: enough to weigh it anew, not to compare anew. */
export type WrittenDecision = Pick<MatchDecision, 'outcome' | 'margins'> & {
  readonly records: readonly MatchExplanation[]
}

/** A written decision as another model and error budget have it. */
export type Replayed = Pick<MatchDecision, 'outcome'> & { readonly records: readonly MatchExplanation[] }

const HYPOTHESES = ['own', ...RIVALS] as const
const CONTACTS = new Set(['email', 'mobile', 'landline'])

const isNeutral = (field: FieldScore): boolean => HYPOTHESES.every(name => field[name] === 1)

/** What the model has for a level; for a stranger with the same contact or house that is a number of strangers. */
const tableWeight = ({ field, level }: FieldScore, hypothesis: keyof LevelWeights, model: MatchModel) => {
  if (hypothesis === 'stranger' && field === 'address' && level === 'full') return model.strangersPerContact.address
  if (hypothesis === 'stranger' && CONTACTS.has(field) && level === 'exact') {
    return model.strangersPerContact[field as 'email' | 'mobile' | 'landline']
  }
  const weights = (model.weights[field] as Readonly<Record<string, LevelWeights>>)[level]
  return weights?.[hypothesis] ?? 1
}

/** The part of a field under another model: how frequent a name is in the base stays in it. */
const rescoreField = (field: FieldScore, made: MatchModel, model: MatchModel): FieldScore => {
  if (isNeutral(field)) return field
  const weigh = (hypothesis: keyof LevelWeights): number =>
    (field[hypothesis] * tableWeight(field, hypothesis, model)) / tableWeight(field, hypothesis, made)
  const weights = { ...field, own: weigh('own'), stranger: weigh('stranger'), household: weigh('household') }
  return { ...field, ...monotonic(field.level, { ...weights, twin: weigh('twin'), junior: weigh('junior') }) }
}

const product = (fields: readonly FieldScore[], hypothesis: keyof LevelWeights): number =>
  fields.reduce((value, field) => value * field[hypothesis], 1)

/** The one of two factors that a number was made with. */
const factorIn = <Factor extends number>(value: number, one: Factor, other: Factor): 'one' | 'other' =>
  Math.abs(Math.log(value / one)) <= Math.abs(Math.log(value / other)) ? 'one' : 'other'

const rescore = (record: MatchExplanation, made: MatchModel, model: MatchModel): MatchExplanation => {
  const fields = record.fields.map(field => rescoreField(field, made, model))
  /** What a number was before the fields. */
  const priorOf = (hypothesis: 'own' | Rival): number =>
    (hypothesis === 'own' ? record.own : record.rivals[hypothesis]) / product(record.fields, hypothesis)
  const rivalIn = (rival: Exclude<Rival, 'stranger'>): number => {
    const prior = (of: MatchModel, shown: 'hidden' | 'visible') =>
      of.rivalRecords[rival] * of.visibility[rival][shown] * of.sharedPossessions[record.possessions]
    const shown =
      factorIn(priorOf(rival), prior(made, 'hidden'), prior(made, 'visible')) === 'one' ? 'hidden' : 'visible'
    return prior(model, shown) * product(fields, rival)
  }
  const isEarly = factorIn(priorOf('own'), made.ownRecords, made.ownRecords * made.madeBeforeHolderAge) === 'other'
  const own = model.ownRecords * (isEarly ? model.madeBeforeHolderAge : 1) * product(fields, 'own')
  const rivals = {
    stranger: (priorOf('stranger') / made.strangerSafety) * model.strangerSafety * product(fields, 'stranger'),
    household: rivalIn('household'),
    twin: rivalIn('twin'),
    junior: rivalIn('junior'),
  }
  const against = rivals.stranger + rivals.household + rivals.twin + rivals.junior
  const runnerUp = RIVALS.reduce((best, rival) => (rivals[rival] > rivals[best] ? rival : best))
  const wrong = against / (own + against)
  // A model that calls something impossible leaves nothing to weigh by.
  if (!Number.isFinite(wrong)) return record
  return { ...record, fields, own, rivals, runnerUp, margin: Math.log2(own / rivals[runnerUp]), wrong }
}

const LEVELS_MISSING: Comparison = {
  firstName: 'missing',
  familyName: 'missing',
  birthDate: 'missing',
  nationalNumber: 'missing',
  email: 'missing',
  mobile: 'missing',
  landline: 'missing',
  address: 'missing',
}
const comparisonOf = ({ fields }: MatchExplanation): Comparison =>
  ({ ...LEVELS_MISSING, ...Object.fromEntries(fields.map(({ field, level }) => [field, level])) }) as Comparison

/** Whether nothing but its score can keep a record from being linked. */
const isLinkable = ({ rule, hindrance }: MatchExplanation): boolean => rule !== undefined || hindrance === 'improbable'

const isSatellite = ({ rule, ties }: MatchExplanation): boolean =>
  rule === 'satellite' || (rule === undefined && ties > 0)

const leave = (record: MatchExplanation, hindrance: Hindrance, model: MatchModel): MatchExplanation => {
  const { rule: _, ...rest } = record
  const bar = hindrance === 'deceased' ? hindrance : undefined
  // How names and dates differ was not written down: what was passed over for it stays so.
  const isMistake = record.verdict === 'offered'
  const offered = isOffered(comparisonOf(record), { wrong: record.wrong, bar, isMistake }, model)
  return { ...rest, hindrance, verdict: offered ? 'offered' : 'passed-over' }
}

const link = (record: MatchExplanation, isTied: boolean): MatchExplanation => {
  const { hindrance: _, ...rest } = record
  return { ...rest, verdict: 'linked', rule: record.rule ?? (isTied ? 'satellite' : 'anchor') }
}

/**
 * Weighs a written decision anew: by another model, and another error budget, from the levels, ties and bars that were
 * written down then. What depends on values of fields stays as it was: levels, bars, kinds of evidence, margins. A record
 * that hung on others is linked only where one of these still is. Pure.
 * @param rules.made the model that the decision was made with
 */
export const replay = (
  written: WrittenDecision,
  rules: { readonly made: MatchModel; readonly model: MatchModel; readonly errorBudget: number },
): Replayed => {
  const { made, model, errorBudget } = rules
  const scored = written.records.map(record => (made === model ? record : rescore(record, made, model)))
  const isProbable = ({ wrong }: MatchExplanation): boolean => wrong < errorBudget
  const isAnchor = (record: MatchExplanation): boolean =>
    record.rule === 'proven' || (isLinkable(record) && !isSatellite(record) && isProbable(record))
  const hasAnchor = scored.some(isAnchor)
  const records = scored.map(record => {
    if (isAnchor(record)) return link(record, false)
    if (!isLinkable(record)) return leave(record, record.hindrance as Hindrance, model)
    if (isSatellite(record) && !hasAnchor) return leave(record, 'kind-of-evidence', model)
    return isProbable(record) ? link(record, true) : leave(record, 'improbable', model)
  })
  const isOpen = written.margins.includes('overflowed') || written.margins.includes('incomplete')
  if (records.some(({ verdict }) => verdict === 'linked')) return { outcome: 'link', records }
  return { outcome: isOpen || records.some(({ verdict }) => verdict === 'offered') ? 'confirm' : 'none', records }
}
