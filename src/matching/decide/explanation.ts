import type { CustomerKey } from '#src/kernel/customer.ts'
import type { Rival } from '#src/matching/model.ts'
import { RIVALS } from '#src/matching/model.ts'
import type { FieldScore, Score } from '#src/matching/score.ts'
import type { Bar } from './rules.ts'

/** How a record came to be linked. */
export type LinkRule = 'anchor' | 'satellite' | 'proven'

/** Why a record was not linked although it might have been. */
export type Hindrance = Bar | Margin | 'improbable' | 'kind-of-evidence'

/** What stands against linking anything, or all records of a kind. */
export type Margin = 'overflowed' | 'incomplete' | 'namesake-on-contact' | 'two-national-numbers'

/**
 * Why one record was linked, offered or passed over: levels, weights and each rival's share; no value of any field, so it
 * may be stored and shown to support.
 */
export type MatchExplanation = CustomerKey & {
  readonly verdict: 'linked' | 'offered' | 'passed-over'
  readonly rule?: LinkRule
  readonly hindrance?: Hindrance
  /** P(wrong). */
  readonly wrong: number
  readonly own: number
  readonly rivals: Score['rivals']
  /** The rival who explains the record best after the person, and by how many bits the person is ahead of that rival. */
  readonly runnerUp: Rival
  readonly margin: number
  readonly fields: readonly FieldScore[]
  readonly possessions: Score['possessions']
  /** Ties to the anchors; see `countTies`. */
  readonly ties: number
}

const aheadOf = ({ own, rivals }: Score): Pick<MatchExplanation, 'runnerUp' | 'margin'> => {
  const runnerUp = RIVALS.reduce((best, rival) => (rivals[rival] > rivals[best] ? rival : best))
  return { runnerUp, margin: Math.log2(own / rivals[runnerUp]) }
}

/** Puts a score into words that tell why. Fields that say nothing are left out. */
export const explain = (
  key: CustomerKey,
  verdict: Pick<MatchExplanation, 'verdict' | 'rule' | 'hindrance'>,
  score: Score,
  ties: number,
): MatchExplanation => ({
  serviceLine: key.serviceLine,
  customerId: key.customerId,
  ...verdict,
  wrong: score.wrong,
  own: score.own,
  rivals: score.rivals,
  ...aheadOf(score),
  fields: score.fields.filter(({ level }) => level !== 'missing'),
  possessions: score.possessions,
  ties,
})
