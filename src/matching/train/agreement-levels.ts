import type { Comparison, Field } from '#src/matching/compare/levels.ts'
import { type ComparisonFacts, compare } from '#src/matching/compare.ts'
import type { LevelWeights, MatchModel } from '#src/matching/model.ts'
import { score } from '#src/matching/score.ts'
import type { Group } from './sample-base.ts'

type Weights = Readonly<Record<string, LevelWeights>>

/** Which fields the pairs of a kind of group tell about: not those by which the group was put together. */
const LEARNT: { readonly houses: readonly Field[]; readonly birthGroups: readonly Field[] } = {
  houses: ['familyName', 'birthDate'],
  birthGroups: ['firstName', 'email', 'mobile', 'landline', 'address'],
}

/** Levels that pairs of records cannot show, since only an identity has all register names of a person. */
const ONLY_BY_IDENTITY = new Set(['firstName other', 'firstName partial', 'firstName similar', 'firstName differ'])

const ROUNDS = 4
/** Larger groups are offices and the like. */
const LARGEST_GROUP = 12
/** Fewer pairs than this say less than the weights built in. */
const FEWEST_PAIRS = 200

/** Names tell little within a group, so their frequencies are left at what an ordinary name has. */
const SCORE_FACTS = {
  firstNameShare: 0.002,
  familyNameShare: 0.001,
  housemateVisible: false,
  twinVisible: false,
  juniorVisible: false,
  madeBeforeHolderAge: false,
}

/** A kind of pair, and how many of that kind there are: of hundreds of thousands of pairs only hundreds differ. */
type Pair = { readonly comparison: Comparison; count: number }

const countPairs = (comparisons: Iterable<Comparison>): readonly Pair[] => {
  const pairs = new Map<string, Pair>()
  for (const comparison of comparisons) {
    const kind = Object.values(comparison).join()
    const pair = pairs.get(kind)
    if (pair === undefined) pairs.set(kind, { comparison, count: 1 })
    else pair.count += 1
  }
  return [...pairs.values()]
}

/** One after the other: of a sample they are hundreds of thousands. */
function* comparePairs(groups: Iterable<Group>, facts: ComparisonFacts): Generator<Comparison> {
  for (const group of groups) {
    if (group.length > LARGEST_GROUP) continue
    for (const [at, a] of group.entries()) for (const b of group.slice(at + 1)) yield compare(a, b, facts)
  }
}

/** The share of each level among pairs of one person, each pair counted as probably as it is one. */
const expectLevels = (
  field: Field,
  pairs: readonly Pair[],
  total: number,
  model: MatchModel,
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { comparison, count } of pairs) {
    const level = comparison[field]
    if (level === 'missing') continue
    // What is to be learnt has no voice in who is who.
    const { wrong } = score({ ...comparison, [field]: 'missing' }, { ...SCORE_FACTS, total }, model)
    counts.set(level, (counts.get(level) ?? 0) + count * (1 - wrong))
  }
  return counts
}

/** Puts a new m in place of one level's; a rival who shows the level as freely as the person goes on doing so. */
const withOwn = (weights: LevelWeights, own: number): LevelWeights => {
  const follow = (weight: number): number => (weight === weights.own ? own : weight)
  return {
    own,
    stranger: weights.stranger,
    household: follow(weights.household),
    twin: follow(weights.twin),
    junior: follow(weights.junior),
  }
}

const FLOOR = 0.002

/**
 * Two records of one person agree only when neither is damaged; an identity is never damaged. So its agreement with a
 * record is the square root of theirs, and what is left goes to the other levels in the shares seen.
 */
const learnField = (field: Field, weights: Weights, counts: ReadonlyMap<string, number>): Weights => {
  const seen = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (seen < FEWEST_PAIRS) return weights
  const best = Object.keys(weights)[0] as string
  const shareOf = (level: string): number => (counts.get(level) ?? 0) / seen
  const agreement = Math.sqrt(shareOf(best))
  const rest = 1 - shareOf(best)
  return Object.fromEntries(
    Object.entries(weights).map(([level, weight]) => {
      // Where all agree there is nothing left to share out.
      const own = level === best ? agreement : (shareOf(level) * (1 - agreement)) / rest || 0
      // What many hold in common says nothing of one of them, whatever its share.
      const isKept = level === 'generic' || ONLY_BY_IDENTITY.has(`${field} ${level}`)
      return [level, isKept ? weight : withOwn(weight, Math.max(FLOOR, own))]
    }),
  )
}

/**
 * Learns m, the probability of each level of each field for a person's own record, by expectation maximisation over pairs
 * of records of the base, without labels: each field from the pairs that the other fields call one person's.
 * @param total records of the whole base
 * @see docs/matching.md; Winkler 2000 (EM for Fellegi–Sunter)
 */
export const learnAgreement = (
  groups: { readonly houses: Iterable<Group>; readonly birthGroups: Iterable<Group> },
  total: number,
  facts: ComparisonFacts,
  initial: MatchModel,
): MatchModel => {
  let model = initial
  const kinds = (['houses', 'birthGroups'] as const).map(kind => ({
    fields: LEARNT[kind],
    pairs: countPairs(comparePairs(groups[kind], facts)),
  }))
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = model
    const learnt = kinds.flatMap(({ fields, pairs }) =>
      fields.map(field => [
        field,
        learnField(field, initial.weights[field], expectLevels(field, pairs, total, before)),
      ]),
    )
    model = { ...before, weights: { ...before.weights, ...Object.fromEntries(learnt) } }
  }
  return model
}
