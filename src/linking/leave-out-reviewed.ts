import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import type { StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { Review, ReviewKind, ReviewsPort } from '#src/store/ports/reviews.ts'

const PAGE = 500

const matterOf = (kind: ReviewKind, accountId: AccountId, customer: CustomerKey): string =>
  JSON.stringify([kind, accountId, customerKeyOf(customer)])

const levelsOf = ({ fields, hindrance }: Pick<MatchExplanation, 'fields' | 'hindrance'>): string =>
  JSON.stringify([hindrance ?? null, fields.map(({ field, level }) => [field, level])])

const toldLevels = (data: Json): string | undefined => {
  const told = (data as { readonly explanation?: MatchExplanation | null }).explanation
  return told === null || told === undefined ? undefined : levelsOf(told)
}

/**
 * Makes the question whether people have looked at a doubt already: they closed a review of it since the record was
 * linked, and it agreed with the account in no other way then. Closed reviews are read at the first question.
 * @throws PiasError `store.unavailable`
 */
export const createReviewedBefore = (reviews: Pick<ReviewsPort, 'list'>) => {
  let closed: Map<string, Review> | undefined
  const readClosed = async (): Promise<Map<string, Review>> => {
    const found = new Map<string, Review>()
    for (let after: Review | undefined; ; ) {
      const page = await reviews.list({ all: true, limit: PAGE, ...(after && { after }) })
      for (const one of page) {
        if (one.closed && one.customer) found.set(matterOf(one.kind, one.accountId, one.customer), one)
      }
      after = page.at(-1)
      if (page.length < PAGE) return found
    }
  }

  return async (doubt: {
    readonly kind: ReviewKind
    readonly accountId: AccountId
    readonly link: StoredCustomerLink
    readonly explanation?: MatchExplanation
  }): Promise<boolean> => {
    closed ??= await readClosed()
    const { kind, accountId, link, explanation } = doubt
    const review = closed.get(matterOf(kind, accountId, link))
    if (review?.closed === undefined || review.closed.at < link.linkedAt) return false
    return explanation === undefined || toldLevels(review.data) === levelsOf(explanation)
  }
}
