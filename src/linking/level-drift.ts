import type { MatchModel } from '#src/matching/model.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { DecisionRecord } from './decision-record.ts'
import { type DecisionQuery, readDecisions } from './read-decisions.ts'

type Field = keyof MatchModel['weights']

/**
 * How far the levels of one field, in decisions on records that are probably the person's own, are from what the model
 * expects: the population stability index over the levels, and the level that moved most, as shares.
 */
export type FieldDrift = {
  readonly field: Field
  /** Records in which the field was there on both sides, each by the probability that it is the person's own. */
  readonly records: number
  readonly drift: number
  readonly level: string
  readonly expected: number
  readonly seen: number
}

/** Below it shares tell little. */
export const FEWEST_RECORDS = 100
/** From here on the model no longer fits (Siddiqi, Credit Risk Scorecards, 2006). */
export const DRIFTED = 0.25

const FLOOR = 0.001

/** Equal contacts of many holders say nothing of a person: what the model has for them is a factor, no share. */
const isCounted = (level: string): boolean => level !== 'generic' && level !== 'missing'

const sharesOf = (counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...counts].map(([level, count]) => [level, Math.max(FLOOR, count / total)]))
}

const expectedOf = (model: MatchModel, field: Field): ReadonlyMap<string, number> => {
  const weights = Object.entries(model.weights[field]).filter(([level]) => isCounted(level))
  return sharesOf(new Map(weights.map(([level, { own }]) => [level, own])))
}

const driftOf = (model: MatchModel, field: Field, counts: ReadonlyMap<string, number>): FieldDrift => {
  const expected = expectedOf(model, field)
  const seen = sharesOf(new Map([...expected.keys()].map(level => [level, counts.get(level) ?? 0])))
  const parts = [...expected].map(([level, e]) => {
    const s = seen.get(level) ?? FLOOR
    return { level, expected: e, seen: s, index: (s - e) * Math.log(s / e) }
  })
  const most = parts.reduce((a, b) => (b.index > a.index ? b : a))
  return {
    field,
    records: [...counts.values()].reduce((sum, count) => sum + count, 0),
    drift: parts.reduce((sum, { index }) => sum + index, 0),
    level: most.level,
    expected: most.expected,
    seen: most.seen,
  }
}

/** Counts levels, one decision after the other. */
export const createLevelCounts = (model: MatchModel) => {
  const fields = new Map<Field, Map<string, number>>()
  return {
    add: ({ records }: Pick<DecisionRecord, 'records'>): void => {
      for (const { rule, ties, wrong, fields: scored } of records) {
        // What was tied to another record is told with the levels of that one.
        if (rule !== 'anchor' && ties > 0) continue
        for (const { field, level } of scored.filter(one => isCounted(one.level))) {
          const counts = fields.get(field) ?? new Map<string, number>()
          fields.set(field, counts.set(level, (counts.get(level) ?? 0) + 1 - wrong))
        }
      }
    },
    /** Of each field that enough records have, the one that drifts most first. */
    drifts: (): readonly FieldDrift[] =>
      [...fields]
        .map(([field, counts]) => driftOf(model, field, counts))
        .filter(({ records }) => records >= FEWEST_RECORDS)
        .sort((a, b) => b.drift - a.drift),
  }
}

/** Enough for shares of one in a thousand; reading more would take long for nothing. */
const MOST_DECISIONS = 20_000

/** Drift of the model in force, over how many decisions that were made with it. */
export type LevelDrift = { readonly decisions: number; readonly fields: readonly FieldDrift[] }

/**
 * Counts how the agreement of people with their own records moves against what the model in force expects, from the
 * decisions in the audit trail since a moment, the newest of each type: 20,000 at most. Those that were only recorded are
 * counted alone, where they are asked for: one person leaves one with each login.
 * @throws PiasError `store.unavailable`
 */
export const measureLevelDrift = async (
  audit: Pick<AuditPort, 'search'>,
  model: MatchModel,
  {
    since,
    most = MOST_DECISIONS,
    kind = 'acted',
  }: { readonly since: number; readonly most?: number; readonly kind?: DecisionQuery['kind'] },
): Promise<LevelDrift> => {
  const counts = createLevelCounts(model)
  const isOfModel = ({ ruleVersion }: DecisionRecord): boolean => ruleVersion.split('+')[1] === model.version
  let decisions = 0
  for await (const { data } of readDecisions(audit, { kind, from: since, most })) {
    if (!isOfModel(data.decision)) continue
    counts.add(data.decision)
    decisions += 1
  }
  return { decisions, fields: counts.drifts() }
}
