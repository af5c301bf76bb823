import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ReviewMatter, ReviewsPort } from '#src/store/ports/reviews.ts'

export type RaiseReviewsDeps = {
  readonly accounts: Pick<AccountsPort, 'ownersOf'>
  readonly reviews: Pick<ReviewsPort, 'raise'>
  readonly clock: Clock
}

/** Says that people must look at a link: nothing is changed by it. */
export type RaiseReviews = {
  /** @returns whether it was not open already */
  raise(matter: ReviewMatter, data: Json): Promise<boolean>
  /** Somebody else was to be linked to these records: one review for each that has an owner by now. */
  raiseConflicts(customers: readonly CustomerKey[], data: Json): Promise<void>
  /** An account is to get another identity in place of the one it has; by whom and why is in the data. */
  raiseRebind(accountId: AccountId, data: Json): Promise<boolean>
}

/** @throws PiasError `store.unavailable` */
export const createRaiseReviews = ({ accounts, reviews, clock }: RaiseReviewsDeps): RaiseReviews => {
  const raise: RaiseReviews['raise'] = (matter, data) => {
    const at = clock()
    const { kind, accountId, customer } = matter
    const about = customer && { serviceLine: customer.serviceLine, customerId: customer.customerId }
    const event = { at, type: 'review.opened', accountId, data: { kind, ...about } }
    return reviews.raise({ matter, raisedAt: at, data, events: [event] })
  }

  return {
    raise,
    raiseConflicts: async (customers, data) => {
      const owners = await accounts.ownersOf(customers)
      for (const { serviceLine, customerId } of customers) {
        const accountId = owners.get(customerKeyOf({ serviceLine, customerId }))
        if (accountId === undefined) continue
        await raise({ kind: 'owner-conflict', accountId, customer: { serviceLine, customerId } }, data)
      }
    },
    raiseRebind: (accountId, data) => raise({ kind: 'rebind', accountId }, data),
  }
}
