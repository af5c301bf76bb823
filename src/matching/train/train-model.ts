import { isKnownFirstName } from '#src/matching/compare/known-first-names.ts'
import type { ComparisonFacts } from '#src/matching/compare.ts'
import { DEFAULT_MODEL, type LevelWeights, type MatchModel } from '#src/matching/model.ts'
import { learnAgreement } from './agreement-levels.ts'
import { estimateHouseRates, type HouseRates } from './house-rates.ts'
import type { BaseSample } from './sample-base.ts'

/** What training found, beside the model: how much it is founded on. */
export type Training = {
  readonly model: MatchModel
  readonly records: number
  readonly houses: number
  readonly rates: HouseRates
}

/** With fewer records the bounds of the rates would be so wide that nothing could link. */
export const FEWEST_RECORDS = 2000

const FACTS: ComparisonFacts = { isRareFirstName: name => !isKnownFirstName(name), isGeneric: () => false }

/** No base shows a rate so small that it may be taken for zero. */
const LEAST_MIX_UPS = 0.001
const LEAST_TWINS = 0.005
const LEAST_JUNIORS = 0.004

const withRates = (model: MatchModel, rates: HouseRates): MatchModel => {
  const { birthDate, firstName } = model.weights
  const mixUps = Math.max(LEAST_MIX_UPS, rates.birthDateMixUps)
  const change = (weights: LevelWeights, changes: Partial<LevelWeights>): LevelWeights => ({ ...weights, ...changes })
  return {
    ...model,
    rivalRecords: {
      household: rates.rivalRecords.household,
      twin: Math.max(LEAST_TWINS, rates.rivalRecords.twin),
      junior: Math.max(LEAST_JUNIORS, rates.rivalRecords.junior),
    },
    sharedPossessions: rates.sharedPossessions,
    weights: {
      ...model.weights,
      birthDate: {
        ...birthDate,
        exact: change(birthDate.exact, { household: mixUps, junior: mixUps / 10 }),
      },
      firstName: {
        ...firstName,
        other: change(firstName.other, { household: Math.max(rates.echoedNames, firstName.other.own / 10) }),
        initial: change(firstName.initial, {
          household: firstName.initial.own * rates.sameLetters,
          twin: firstName.initial.own * rates.sameLetters,
        }),
      },
    },
  }
}

/**
 * Trains the model on a sample of a customer base, without labels: household, twin and junior rates, what housemates
 * share, how often birth dates are mixed up, and m by EM. Name frequencies and holders of contacts are no part of it: they
 * are counted with every import and looked up for each decision. The error budget stays configuration. Pure.
 * @param version names the model in every decision made with it
 * @returns undefined for a base of fewer than {@link FEWEST_RECORDS} records
 */
export const trainModel = (sample: BaseSample, version: string): Training | undefined => {
  if (sample.records < FEWEST_RECORDS) return undefined
  const rates = estimateHouseRates(sample.houses, FACTS)
  const rated = withRates(DEFAULT_MODEL, rates)
  const model = withRates(learnAgreement(sample, sample.records, FACTS, rated), rates)
  return { model: { ...model, version }, records: sample.records, houses: sample.houses.size, rates }
}
