import { compareModels } from '#src/linking/compare-models.ts'
import { replayDecisions } from '#src/linking/replay-decisions.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { LOTTE, lotteIn, TOM, unclear } from './people.ts'
import { type Linking, MATCHING, NOW, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'app', attemptUid: 'attempt-1' }
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
/** Sees twins everywhere. */
const FEARFUL = { ...DEFAULT_MODEL, version: 'fearful', rivalRecords: { household: 1e9, twin: 1e9, junior: 1e9 } }

const ruleSet = (model: MatchModel) => ({ model, errorBudget: 1e-4 })

let linking: Linking
afterEach(() => linking.close())

const compare = (other = FEARFUL, most = 100, from = 0) => {
  const { accounts, audit } = linking.store
  const deps = { accounts, audit, source: linking.source, matching: MATCHING, logger: SILENT }
  const rules = { inForce: ruleSet(DEFAULT_MODEL), other: ruleSet(other) }
  return compareModels(deps, rules, { most, from })
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

describe('the people that a model is compared on', () => {
  const NAMED = { givenName: 'Lotte Marie A', familyName: 'Van den Broeck', birthdate: '1988-03-14' }

  test('are those about whom was decided last, whatever the order of their accounts', async () => {
    linking = await openLinking([lotteIn('tv')])
    for (const subject of ['subject-1', 'subject-2']) await linking.openNewAccount(verified(TOM, subject), CONTEXT)
    await linking.resolveLink(verified(LOTTE, 'subject-3'), CONTEXT)
    expect(await compare(FEARFUL, 1)).toMatchObject({
      people: 1,
      outcomes: new Map([['link → none', 1]]),
      examples: [{ accountId: 'account-3' }],
    })
    // A decision of long ago is none: the first account comes first again.
    expect(await compare(FEARFUL, 1, NOW + 1)).toMatchObject({ people: 1, outcomes: new Map() })
    expect(await compare(FEARFUL)).toMatchObject({ people: 3, outcomes: new Map([['link → none', 1]]) })
  })

  test('are told by what the upstream says of them, not by what they typed', async () => {
    linking = await openLinking([lotteIn('tv')])
    await linking.resolveLink(verified(LOTTE), CONTEXT)
    await linking.openNewAccount(verified(NAMED, 'subject-2'), CONTEXT, { email: 'lotte.vdb@example.com' })
    expect(await compare({ ...DEFAULT_MODEL, version: 'same' })).toMatchObject({ people: 2, ownedElsewhere: 0 })
  })

  test('have proved what they proved: it is an anchor for what is tied to it', async () => {
    const tied = {
      emails: ['l@example.net'],
      phones: [],
      address: { street: 'Dorp', number: '1', postalCode: '2000' },
    }
    linking = await openLinking([unclear('mobile', { emails: ['l@example.net'] }), lotteIn('tv', tied)])
    const right = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, right)).toMatchObject({ kind: 'proved' })
    expect((await linking.store.accounts.customersOf('account-1' as never)).map(({ method }) => method)).toEqual([
      'proof',
      'match',
    ])
    expect(await compare({ ...DEFAULT_MODEL, version: 'same' })).toMatchObject({ people: 1, records: new Map() })
    // Rules that do not even offer the record would not have taken the proof.
    expect(await compare()).toMatchObject({
      outcomes: new Map([['link → none', 1]]),
      records: new Map([['linked → passed-over', 2]]),
    })
  })
})

test('a decision that was only recorded is none that somebody acted on', async () => {
  linking = await openLinking([lotteIn('tv')])
  await linking.resolveLink(verified(LOTTE), { ...CONTEXT, linking: 'shadow' })
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const { audit, keys } = linking.store
  // Somebody comes again and again while an app is in shadow: that is no second person.
  for (const _ of [1, 2]) await linking.resolveLink(verified(TOM, 'subject-2'), { ...CONTEXT, linking: 'shadow' })
  const query = { from: 0, most: 10 }
  const acted = await replayDecisions({ audit, keys }, ruleSet(FEARFUL), query)
  expect(acted).toMatchObject({ decisions: 1, outcomes: new Map([['link → none', 1]]) })
  const shadow = await replayDecisions({ audit, keys }, ruleSet(FEARFUL), { ...query, kind: 'shadow' })
  expect(shadow).toMatchObject({ decisions: 3, outcomes: new Map([['link → none', 1]]) })
})
