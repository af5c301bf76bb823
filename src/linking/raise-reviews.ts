import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ReviewMatter, ReviewsPort } from '#src/store/ports/reviews.ts'
import { referenceOf, writeDown } from './decision-record.ts'

/** By what somebody was to be linked to a record that has an owner: what people need to decide between the two. */
export type Claim = {
  readonly origin: 'match' | 'proof'
  /** The app of the login; absent where somebody chose it at their account. */
  readonly clientId?: string
  /** The person of the login, as the audit trail names them for a day (`createPersonOfDay`); absent where they have an account. */
  readonly person?: string
  readonly decision: Pick<MatchDecision, 'ruleVersion' | 'explanations'>
  readonly errorBudget: number
  /** Their account, where they have one already. */
  readonly accountId?: AccountId
}

/** A claim as a review of one record keeps it: levels and weights of this record, which is named by a reference. */
const claimData = ({ origin, clientId, person, decision, errorBudget, accountId }: Claim, key: string): Json => {
  const explanation = decision.explanations.find(one => customerKeyOf(one) === key)
  const written = explanation && { ...writeDown(explanation), customerId: referenceOf(explanation) }
  return {
    origin,
    ruleVersion: decision.ruleVersion,
    errorBudget,
    ...(clientId !== undefined && { client: clientId }),
    ...(person !== undefined && { person }),
    ...(accountId !== undefined && { claimant: accountId }),
    ...(written !== undefined && { explanation: written as unknown as Json }),
  }
}

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
  raiseConflicts(customers: readonly CustomerKey[], claim: Claim): Promise<void>
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
    raiseConflicts: async (customers, claim) => {
      const owners = await accounts.ownersOf(customers)
      for (const { serviceLine, customerId } of customers) {
        const key = customerKeyOf({ serviceLine, customerId })
        const accountId = owners.get(key)
        if (accountId === undefined) continue
        await raise({ kind: 'owner-conflict', accountId, customer: { serviceLine, customerId } }, claimData(claim, key))
      }
    },
    raiseRebind: (accountId, data) => raise({ kind: 'rebind', accountId }, data),
  }
}
