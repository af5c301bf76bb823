import { compareModels } from '#src/linking/compare-models.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { LOTTE, lotteIn, TOM } from './people.ts'
import { type Linking, MATCHING, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'app', attemptUid: 'attempt-1' }
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
/** Sees twins everywhere. */
const FEARFUL = { ...DEFAULT_MODEL, version: 'fearful', rivalRecords: { household: 1e9, twin: 1e9, junior: 1e9 } }

const ruleSet = (model: MatchModel) => ({ model, errorBudget: 1e-4 })

let linking: Linking
afterEach(() => linking.close())

const compare = (other = FEARFUL, most = 100) => {
  const { accounts } = linking.store
  const deps = { accounts, source: linking.source, matching: MATCHING, logger: SILENT }
  const rules = { inForce: ruleSet(DEFAULT_MODEL), other: ruleSet(other) }
  return compareModels(deps, rules, { most })
}

describe('another model', () => {
  beforeEach(async () => {
    linking = await openLinking([lotteIn('mobile'), lotteIn('tv')])
    await linking.resolveLink(verified(LOTTE), CONTEXT)
    await linking.openNewAccount(verified(TOM, 'subject-2'), CONTEXT)
  })

  test('that is the same changes nothing', async () => {
    expect(await compare({ ...DEFAULT_MODEL, version: 'same' })).toEqual({
      people: 2,
      outcomes: new Map(),
      records: new Map(),
      examples: [],
      ownedElsewhere: 0,
    })
  })

  test('is told by the outcomes and verdicts that it changes', async () => {
    expect(await compare()).toMatchObject({
      outcomes: new Map([['link → none', 1]]),
      records: new Map([['linked → passed-over', 2]]),
    })
  })

  test('that would link what is another’s is found out', async () => {
    await linking.openNewAccount(verified(LOTTE, 'subject-3'), CONTEXT)
    expect(await compare({ ...DEFAULT_MODEL, version: 'same' })).toMatchObject({ people: 3, ownedElsewhere: 2 })
  })

  test('is compared on so many people and no more', async () => {
    expect(await compare(FEARFUL, 1)).toMatchObject({ people: 1 })
  })
})
