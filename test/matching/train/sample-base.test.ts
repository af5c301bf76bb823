import { customerKeyOf } from '#src/kernel/customer.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { type BaseSample, createBaseSampler, type SampleState } from '#src/matching/train/sample-base.ts'
import { drawTown } from './town.ts'

const TOWN = drawTown(300).map(record => ({ key: customerKeyOf(record), person: toComparablePerson(record) }))
const PERSONS = new Map(TOWN.map(({ key, person }) => [key, person]))
/** Few, so that the sample is thinned several times on the way. */
const mostRecords = 200

const listed = ({ records, houses, birthGroups }: BaseSample) => ({
  records,
  sizes: [houses.size, birthGroups.size],
  houses: [...houses],
  birthGroups: [...birthGroups],
})

const sampleAll = () => {
  const sampler = createBaseSampler({ mostRecords })
  for (const { key, person } of TOWN) sampler.add(key, person)
  return listed(sampler.sample())
}

test.each([0, 1, 77, 400, TOWN.length])('a sampling left after %i records comes to the same', left => {
  const first = createBaseSampler({ mostRecords })
  for (const { key, person } of TOWN.slice(0, left)) first.add(key, person)
  const state: SampleState = first.state()

  const second = createBaseSampler({ mostRecords, state })
  for (const key of first.kept()) second.restore(key, PERSONS.get(key) as (typeof TOWN)[number]['person'])
  for (const { key, person } of TOWN.slice(left)) second.add(key, person)
  expect(listed(second.sample())).toEqual(sampleAll())
})

test('keeps whole groups of a bounded number', () => {
  const { records, houses, sizes } = sampleAll()
  expect(records).toBe(TOWN.length)
  expect(houses.flat().length).toBeLessThanOrEqual(mostRecords)
  expect(houses.length).toBeGreaterThan(10)
  expect(sizes[0]).toBe(houses.length)
  const people = new Set([...PERSONS.values()].map(person => JSON.stringify(person)))
  expect(houses.flat().every(person => people.has(JSON.stringify(person)))).toBe(true)
})
