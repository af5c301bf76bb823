import type { Comparison } from '#src/matching/compare/levels.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { type ScoreFacts, score } from '#src/matching/score.ts'

const NOTHING: Comparison = {
  firstName: 'missing',
  familyName: 'missing',
  birthDate: 'missing',
  email: 'missing',
  mobile: 'missing',
  landline: 'missing',
  address: 'missing',
  nationalNumber: 'missing',
}
const FACTS: ScoreFacts = {
  total: 1_000_000,
  firstNameShare: 0.001,
  familyNameShare: 0.001,
  housemateVisible: false,
  twinVisible: false,
  juniorVisible: false,
  madeBeforeHolderAge: false,
}
const scoreOf = (levels: Partial<Comparison>, facts: Partial<ScoreFacts> = {}) =>
  score({ ...NOTHING, ...levels }, { ...FACTS, ...facts }, DEFAULT_MODEL)

const WHO = { firstName: 'exact', familyName: 'exact', birthDate: 'exact' } as const

describe('score', () => {
  test('of nothing is as many of each as the model expects', () => {
    const { own, rivals, wrong } = scoreOf({})
    expect(own).toBe(1.5)
    expect(rivals).toEqual({ stranger: 8e6, household: 2 * 0.4, twin: 0.015 * 0.3, junior: 0.01 * 0.25 })
    expect(wrong).toBeCloseTo(1, 5)
  })

  test('expects namesakes with the same birth date by their frequency', () => {
    // Safety 8 × 1,000,000 records × 1/1000 first × 1/1000 family × 1/22,000 days.
    expect(scoreOf(WHO).rivals.stranger).toBeCloseTo(8 / 22_000, 8)
    expect(scoreOf(WHO, { firstNameShare: 0.01 }).rivals.stranger).toBeCloseTo(80 / 22_000, 7)
  })

  test.each([
    ['mobile', 0.2],
    ['email', 0.01],
    ['landline', 0.6],
  ] as const)('expects so many strangers on one %s', (field, strangers) => {
    expect(scoreOf({ [field]: 'exact' }).rivals.stranger).toBeCloseTo(8 * strangers, 8)
  })

  test('expects strangers at one address', () =>
    expect(scoreOf({ address: 'full' }).rivals.stranger).toBeCloseTo(4.8, 8))

  test('shared possessions leave less of those in the house', () => {
    const leftOver = (levels: Partial<Comparison>) => {
      const { rivals, own } = scoreOf(levels)
      return rivals.household / own
    }
    const none = leftOver({})
    expect(leftOver({ mobile: 'exact' }) / none).toBeCloseTo(0.2, 8)
    expect(leftOver({ email: 'exact' }) / none).toBeCloseTo(0.2, 8)
    expect(leftOver({ email: 'exact', mobile: 'exact' }) / none).toBeCloseTo(0.02, 8)
    expect(leftOver({ email: 'generic' }) / none).toBe(1)
  })

  test('a twin or junior in sight weighs more', () => {
    expect(scoreOf(WHO, { twinVisible: true }).rivals.twin / scoreOf(WHO).rivals.twin).toBeCloseTo(50 / 0.3, 6)
    expect(scoreOf(WHO, { juniorVisible: true }).rivals.junior / scoreOf(WHO).rivals.junior).toBeCloseTo(30 / 0.25, 6)
  })

  test('a record made before somebody could hold it is hardly his', () => {
    expect(scoreOf(WHO, { madeBeforeHolderAge: true }).own / scoreOf(WHO).own).toBeCloseTo(0.003, 10)
  })

  test('a national number and the birth date in it are one piece of evidence', () => {
    const both = scoreOf({ nationalNumber: 'exact', birthDate: 'exact' })
    expect(both.rivals).toEqual(scoreOf({ nationalNumber: 'exact' }).rivals)
    expect(scoreOf({ nationalNumber: 'exact', birthDate: 'typo' }).rivals).not.toEqual(both.rivals)
  })

  test('a small base is no reason for confidence', () => {
    expect(scoreOf({}, { total: 3 }).rivals.stranger).toBe(8000)
  })

  test('levels go from agreement to contradiction, for every field and rival', () => {
    for (const [field, levels] of Object.entries(DEFAULT_MODEL.weights)) {
      const wrongs = ['exact', 'full', 'missing', 'differ']
        .filter(level => level === 'missing' || level in levels)
        .map(level => scoreOf({ [field]: level }).wrong)
      expect(wrongs).toEqual([...wrongs].sort((a, b) => a - b))
    }
  })
})
