import { type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import { terms } from '#src/matching/blocking.ts'
import { decide, type MatchDecision } from '#src/matching/decide.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { replay } from '#src/matching/replay.ts'
import { trainModel } from '#src/matching/train/train-model.ts'
import { decideAmong, record, toCandidate } from './people.ts'
import { drawTown, sampleOf } from './train/town.ts'

/** Decisions that were written down, weighed anew by another model: they come out as if they had been made by it. */
const TOWN = drawTown(500)
const TRAINED = trainModel(sampleOf(TOWN), 'trained')?.model as MatchModel
const STRICT: MatchModel = { ...TRAINED, version: 'strict', epsilon: 1e-7, confirmBelow: 0.2 }

const counts = new Map<string, number>()
for (const one of TOWN) {
  for (const term of terms(toComparablePerson(one))) counts.set(term, (counts.get(term) ?? 0) + 1)
}

/** Decides on the person of a record among everybody of the house. */
const decideOn = (person: CustomerRecord, house: readonly CustomerRecord[], model: MatchModel): MatchDecision =>
  decide({
    identity: toComparablePerson(person),
    candidates: house.map(one => toCandidate(one)),
    model,
    termCounts: { total: TOWN.length, counts },
    overflowed: [],
    complete: true,
  })

const HOUSES = [...Map.groupBy(TOWN, ({ address }) => address?.street).values()].slice(0, 120)
const written = ({ outcome, margins, explanations }: MatchDecision) => ({ outcome, margins, records: explanations })
const verdictsOf = (records: MatchDecision['explanations']) =>
  records.map(one => `${customerKeyOf(one)} ${one.verdict}`)

test.each([
  ['the same', DEFAULT_MODEL],
  ['a trained one', TRAINED],
  ['a trained one with other thresholds', STRICT],
])('by %s: as if it had decided', (_, model) => {
  let changed = 0
  for (const house of HOUSES) {
    const [person] = house as [CustomerRecord]
    const made = decideOn(person, house, DEFAULT_MODEL)
    const anew = decideOn(person, house, model)
    const replayed = replay(written(made), { made: DEFAULT_MODEL, model, errorBudget: model.epsilon })
    expect(replayed.outcome).toBe(anew.outcome)
    expect(verdictsOf(replayed.records)).toEqual(verdictsOf(anew.explanations))
    for (const [at, { wrong }] of replayed.records.entries()) {
      expect(Math.log(wrong / (anew.explanations[at]?.wrong ?? 0))).toBeCloseTo(0, 1)
    }
    changed += Number(anew.outcome !== made.outcome)
  }
  expect(changed > 0).toBe(model === STRICT)
})

test('bars, margins and kinds of evidence stay, however high the budget', () => {
  const all = { made: DEFAULT_MODEL, model: DEFAULT_MODEL, errorBudget: 1 }
  const dead = decideAmong([record({ status: 'deceased' })])
  expect(replay(written(dead), all)).toMatchObject({ outcome: 'none', records: [{ hindrance: 'deceased' }] })
  const open = decideAmong([record()], { overflowed: ['a key'] })
  expect(replay(written(open), all)).toMatchObject({ outcome: 'confirm', records: [{ hindrance: 'overflowed' }] })
})

const ANCHOR = record({ emails: ['lotte.vdb@example.com', 'l@example.net'], phones: ['0470123456', '0471234567'] })
const SATELLITE = record({ customerId: '2', emails: ['l@example.net'], phones: [], address: undefined })

test('a record that hung on another one falls with it', () => {
  const both = decideAmong([ANCHOR, SATELLITE])
  expect(both.explanations.map(({ rule }) => rule)).toEqual(['anchor', 'satellite'])
  const [anchor, satellite] = both.explanations
  const budget = (anchor?.wrong ?? 0) * 0.5
  const weak = { ...written(both), records: [anchor, { ...satellite, wrong: budget / 10 }] as typeof both.explanations }
  const rules = { made: DEFAULT_MODEL, model: DEFAULT_MODEL }
  expect(replay(weak, { ...rules, errorBudget: budget }).records).toMatchObject([
    { verdict: 'offered', hindrance: 'improbable' },
    { verdict: 'offered', hindrance: 'kind-of-evidence' },
  ])
  expect(replay(weak, { ...rules, errorBudget: 1e-4 }).outcome).toBe('link')
})

test('what was too improbable is linked by a larger budget, for itself or with what it hung on', () => {
  const none = decideAmong([ANCHOR], { model: { ...DEFAULT_MODEL, epsilon: 1e-8 } })
  const one = decideAmong([ANCHOR, SATELLITE], { model: { ...DEFAULT_MODEL, epsilon: 1e-7 } })
  expect(none.explanations).toMatchObject([{ hindrance: 'improbable' }])
  expect(one.explanations).toMatchObject([{ rule: 'anchor' }, { hindrance: 'improbable' }])
  const all = { made: DEFAULT_MODEL, model: DEFAULT_MODEL, errorBudget: 1e-4 }
  expect(replay(written(none), all).records).toMatchObject([{ verdict: 'linked', rule: 'anchor' }])
  expect(replay(written(one), all).records).toMatchObject([
    { verdict: 'linked', rule: 'anchor' },
    { verdict: 'linked', rule: 'satellite' },
  ])
})

const byTrained = (made: MatchDecision) =>
  replay(written(made), { made: DEFAULT_MODEL, model: TRAINED, errorBudget: 1 }).records[0]

test('a record from before its holder could have one is weighed as such by the other model, too', () => {
  const early = [record({ createdAt: '1999-01-01' })]
  const [anew] = decideAmong(early, { model: TRAINED }).explanations
  expect(Math.log((byTrained(decideAmong(early))?.own ?? 0) / (anew?.own ?? 0))).toBeCloseTo(0, 1)
})

test('what neither model weighs stays: a field that says nothing, a level that is none any more', () => {
  const made = decideAmong([record()])
  const [explanation] = made.explanations as [MatchDecision['explanations'][number]]
  const neutral = { field: 'email', level: 'exact', own: 1, stranger: 1, household: 1, twin: 1, junior: 1 } as const
  const former = { ...neutral, level: 'formerly', own: 0.5, stranger: 0.25 } as const
  const odd = { ...made, explanations: [{ ...explanation, fields: [neutral, former] }] }
  expect(byTrained(odd)?.fields).toEqual([neutral, { ...former, household: 0.5, twin: 0.5, junior: 0.5 }])
})

test('a model that calls impossible what is written down changes nothing', () => {
  const made = decideAmong([record()])
  const never = { own: 0, stranger: 0, household: 0, twin: 0, junior: 0 }
  const { firstName } = DEFAULT_MODEL.weights
  const weights = { ...DEFAULT_MODEL.weights, firstName: { ...firstName, exact: never } }
  const model = { ...DEFAULT_MODEL, version: 'never', weights }
  const replayed = replay(written(made), { made: DEFAULT_MODEL, model, errorBudget: 1e-4 })
  expect(replayed.records).toEqual(made.explanations)
})
