import type { ComparablePerson } from '#src/kernel/customer.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { learnAgreement } from '#src/matching/train/agreement-levels.ts'
import { estimateHouseRates, upperBound } from '#src/matching/train/house-rates.ts'
import { FEWEST_RECORDS, type Training, trainModel } from '#src/matching/train/train-model.ts'
import { drawTown, sampleOf, TRUTH } from './town.ts'

const HOUSES = 1500
const TOWN = drawTown(HOUSES)

describe('training the model', () => {
  const training: Training | undefined = trainModel(sampleOf(TOWN), 't-1')

  test('finds the rates of the town, on the careful side', () => {
    expect(training).toMatchObject({ records: TOWN.length, model: { version: 't-1' } })
    const { rates, model } = training ?? { rates: undefined, model: DEFAULT_MODEL }
    const share = (rate: number): number => (rate * HOUSES * 4) / TOWN.length
    // A junior and his father have two records each, so each of the four sees two, but for missing dates.
    expect(rates?.rivalRecords.junior).toBeGreaterThan(share(TRUTH.juniors) * 2 * 0.75)
    expect(rates?.rivalRecords.junior).toBeLessThan(share(TRUTH.juniors) * 2 * 1.1)
    expect(rates?.rivalRecords.twin).toBeGreaterThan(share(TRUTH.twins) * 0.75)
    expect(rates?.sharedPossessions[1]).toBeGreaterThan(0.1)
    expect(rates?.sharedPossessions[1]).toBeLessThan(0.25)
    expect(rates?.sharedPossessions[2]).toBeLessThan(0.001)
    expect(rates?.birthDateMixUps).toBeGreaterThan(TRUTH.mixedUp * 0.35)
    expect(rates?.birthDateMixUps).toBeLessThan(TRUTH.mixedUp)
    expect(model.rivalRecords).toEqual(rates?.rivalRecords)
    expect(model.weights.birthDate.exact.household).toBe(rates?.birthDateMixUps)
  })

  test('learns m from the records of one person, without being told which they are', () => {
    const { weights } = training?.model ?? DEFAULT_MODEL
    expect(weights.mobile.exact.own).toBeGreaterThan(TRUTH.mobileOnRecord - 0.03)
    expect(weights.mobile.exact.own).toBeLessThan(TRUTH.mobileOnRecord + 0.03)
    expect(weights.mobile.exact.household).toBe(weights.mobile.exact.own)
    expect(weights.email.exact.own).toBeGreaterThan(0.97)
    expect(weights.familyName.exact.own).toBeGreaterThan(0.97)
    // Nobody in the town has a landline: nothing is learnt, and the weights set by hand stay.
    expect(weights.landline).toEqual(DEFAULT_MODEL.weights.landline)
  })

  test('gives the same model whatever the order of the records', () => {
    const other = trainModel(sampleOf([...TOWN].reverse()), 't-1')
    expect(other?.rates).toEqual(training?.rates)
    expect(other?.model.weights.mobile.exact.own).toBeCloseTo(training?.model.weights.mobile.exact.own ?? 0, 9)
  })

  test('a base too small to tell rates trains nothing', () => {
    expect(trainModel(sampleOf(TOWN.slice(0, FEWEST_RECORDS - 1)), 't-1')).toBeUndefined()
  })
})

describe('the sample of a base', () => {
  const sizes = (groups: readonly (readonly ComparablePerson[])[]): number =>
    groups.reduce((sum, group) => sum + group.length, 0)

  test('holds whole houses in bounded memory, and a fair share of them', () => {
    const [all, some] = [sampleOf(TOWN), sampleOf(TOWN, 2000)]
    expect([all.records, some.records]).toEqual([TOWN.length, TOWN.length])
    expect(all.houses.size).toBe(HOUSES)
    const kept = [...some.houses]
    expect(sizes(kept)).toBeLessThanOrEqual(2000)
    expect(sizes(kept)).toBeGreaterThan(700)
    const houses = new Set([...all.houses].map(house => JSON.stringify(house)))
    expect(kept.every(house => houses.has(JSON.stringify(house)))).toBe(true)
  })

  test('leaves out records without address or birth date', () => {
    const bare = { ...TOWN[0], birthDate: undefined, address: undefined } as unknown as (typeof TOWN)[0]
    const { records, houses, birthGroups } = sampleOf([bare])
    expect([records, houses.size, birthGroups.size]).toEqual([1, 0, 0])
  })

  test('a block of flats or an office tells nothing of households', () => {
    const office = TOWN.slice(0, 400).map(record => ({ ...record, address: { ...TOWN[0]?.address } }))
    const base = [...office, ...drawTown(1000, 2)]
    const { rates } = trainModel(sampleOf(base), 'x') ?? {}
    expect(rates?.rivalRecords.household).toBeLessThan(4)
  })
})

test('the bound of a rate never says never', () => {
  expect(upperBound(0, 0)).toBe(1)
  expect(upperBound(0, 1000)).toBeGreaterThan(0.002)
  expect(upperBound(0, 1000)).toBeLessThan(0.003)
  expect(upperBound(100, 1000)).toBeGreaterThan(0.1)
  expect(upperBound(100, 1000)).toBeLessThan(0.12)
})

test('where all records of one person agree, the other levels keep their floor', () => {
  const [person] = TOWN.slice(0, 1).map(record => toComparablePerson(record))
  const one = { ...person, addresses: [] } as ComparablePerson
  const groups = { houses: [], birthGroups: Array.from({ length: 250 }, () => [one, one]) }
  const facts = { isRareFirstName: () => false, isGeneric: () => false }
  const { firstName } = learnAgreement(groups, TOWN.length, facts, DEFAULT_MODEL).weights
  expect(firstName.exact.own).toBe(1)
  expect(firstName.initial.own).toBe(0.002)
})

test('housemates who lack a contact tell nothing of what housemates share', () => {
  const [one, other] = [TOWN[0], TOWN[2]].map(record => toComparablePerson(record as (typeof TOWN)[0]))
  const facts = { isRareFirstName: () => false, isGeneric: () => false }
  const shared = (changes: Partial<ComparablePerson>) => {
    const house = [{ ...one, ...changes }, other] as ComparablePerson[]
    return estimateHouseRates([house], facts).sharedPossessions
  }
  expect(shared({})[1]).toBeLessThanOrEqual(1)
  expect(shared({ emails: [] })).toEqual([1, 1, 1])
  expect(shared({ mobiles: [] })).toEqual([1, 1, 1])
})
