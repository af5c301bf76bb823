import type { DecisionLine } from '#src/evaluation/evaluate.ts'
import { figuresOf, reportOf } from '#src/evaluation/report.ts'
import { createTally } from '#src/evaluation/tally.ts'
import type { Truth } from '#src/evaluation/truth-line.ts'

type Case = { own: string[]; links?: string[]; candidates?: string[]; byInvoice?: string[]; classes?: string[] }

const decisionOf = ({ links = [], candidates = [] }: Case): DecisionLine['decision'] => {
  if (links.length > 0) return 'link'
  return candidates.length > 0 ? 'confirm' : 'none'
}

const tallyOf = (cases: readonly Case[]) => {
  const truths: Truth[] = cases.map(({ own, classes = [] }, index) => ({
    identityId: `P${index}`,
    customerIds: own,
    classes,
  }))
  const tally = createTally(new Map(truths.map(truth => [truth.identityId, truth])))
  for (const [index, one] of cases.entries()) {
    const identityId = `P${index}`
    const { links = [], candidates = [] } = one
    const line = { identityId, decision: decisionOf(one), customerIds: links, candidates }
    tally.add({ identityId, claims: { locale: 'nl', gender: 'female' } }, line, one.byInvoice)
  }
  return tally.result()
}

describe('what is counted', () => {
  test('a link to a record of somebody else is wrong, whatever else was right', () => {
    const { all, wrongLinks } = tallyOf([{ own: ['A', 'B'], links: ['A', 'X'] }])
    expect(wrongLinks).toEqual([{ identityId: 'P0', customerId: 'X' }])
    expect(figuresOf(all)).toMatchObject({ precision: 0.5, identityRecall: 0, recordRecall: 0.5 })
  })

  test('the recall of identities asks for one right record, that of records for all', () => {
    const { all } = tallyOf([
      { own: ['A', 'B', 'C', 'D'], links: ['A'], candidates: ['B', 'C', 'X'], byInvoice: ['D'] },
    ])
    expect(figuresOf(all)).toMatchObject({
      precision: 1,
      identityRecall: 1,
      recordRecall: 0.25,
      recordRecallWithProof: 0.75,
      recordRecallWithInvoice: 1,
      confirmRate: 0,
      foreignOffered: 1,
    })
  })

  test('people without records count for links and questions, not for recall', () => {
    const { all, wrongLinks } = tallyOf([
      { own: ['A'], links: ['A'] },
      { own: [], links: ['X'] },
      { own: [], candidates: ['A'] },
      { own: [] },
    ])
    expect(wrongLinks).toHaveLength(1)
    expect(figuresOf(all)).toMatchObject({ identityRecall: 1, confirmRate: 0.25 })
    expect(figuresOf(all).strangersKeptOut).toBeCloseTo(2 / 3)
  })

  test('each class is counted apart: those of the truth, records owned, language, gender, e-mail', () => {
    const { classes } = tallyOf([
      { own: ['A'], links: ['A'], classes: ['twin', 'moved'] },
      { own: ['B', 'C'], candidates: ['B'], classes: ['twin'] },
    ])
    expect(classes.get('twin')).toMatchObject({ identities: 2, owners: 2, ownersRight: 1 })
    expect(classes.get('moved')).toMatchObject({ identities: 1, ownersRight: 1 })
    expect([...classes.keys()].sort()).toEqual(
      ['1 record', '2-3 records', 'gender female', 'language nl', 'moved', 'no e-mail', 'twin'].sort(),
    )
  })

  test('an identity the truth does not know is told and not counted', () => {
    const tally = createTally(new Map())
    tally.add(
      { identityId: 'P9', claims: {} },
      { identityId: 'P9', decision: 'link', customerIds: ['A'], candidates: [] },
    )
    expect(tally.result()).toMatchObject({ unknown: 1, wrongLinks: [], all: { identities: 0 } })
    expect(reportOf(tally.result())).toContain('1 identities have no truth and are not counted')
  })
})

test('the report names wrong links by their ids, and a figure without cases as a dash', () => {
  const report = reportOf(tallyOf([{ own: [], links: ['X'] }]))
  expect(report).toMatch(/^precision +0\.0000000$/m)
  expect(report).toMatch(/^recall of identities +–$/m)
  expect(report).toMatch(/^wrong links:\n {2}P0 -> X$/m)
})
