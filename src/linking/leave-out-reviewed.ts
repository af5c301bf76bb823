import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import type { Review, ReviewKind, ReviewsPort } from '#src/store/ports/reviews.ts'
import type { Doubt } from './doubt-links.ts'

const PAGE = 500

const matterOf = (kind: ReviewKind, customer: CustomerKey): string => JSON.stringify([kind, customerKeyOf(customer)])

const levelsOf = ({ fields, hindrance }: Pick<MatchExplanation, 'fields' | 'hindrance'>): string =>
  JSON.stringify([hindrance ?? null, fields.map(({ field, level }) => [field, level])])

const toldLevels = (data: Json): string | undefined => {
  const told = (data as { readonly explanation?: MatchExplanation | null }).explanation
  return told === null || told === undefined ? undefined : levelsOf(told)
}

/** The reviews of an account that are about records, by what they are about: each matter has one. */
const readReviews = async (reviews: Pick<ReviewsPort, 'list'>, accountId: AccountId) => {
  const found = new Map<string, Review>()
  for (let after: Review | undefined; ; ) {
    const page = await reviews.list({ all: true, accountId, limit: PAGE, ...(after && { after }) })
    for (const one of page) if (one.customer) found.set(matterOf(one.kind, one.customer), one)
    after = page.at(-1)
    if (page.length < PAGE) return found
  }
}

/** Whether a review is open, or people closed it since the record was linked and it agreed with the account no other way. */
const isCovered = ({ link, explanation }: Doubt, review: Review | undefined): boolean => {
  if (review === undefined) return false
  if (review.closed === undefined) return true
  if (review.closed.at < link.linkedAt) return false
  return explanation === undefined || toldLevels(review.data) === levelsOf(explanation)
}

/**
 * Those of the doubts about links of one account that people have not looked at, and have not on their list either.
 * @throws PiasError `store.unavailable`
 */
export const leaveOutReviewed = async (
  reviews: Pick<ReviewsPort, 'list'>,
  accountId: AccountId,
  doubts: readonly Doubt[],
): Promise<readonly Doubt[]> => {
  if (doubts.length === 0) return []
  const known = await readReviews(reviews, accountId)
  return doubts.filter(doubt => !isCovered(doubt, known.get(matterOf(doubt.kind, doubt.link))))
}
