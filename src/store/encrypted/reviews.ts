import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Review, ReviewMatter, ReviewsPort } from '#src/store/ports/reviews.ts'
import { createTokens } from './accounts.ts'
import { createSealEvents } from './audit.ts'

/** What is sealed of a review; the customer id is a token outside. */
type SealedReview = { readonly customerId?: string; readonly data: Json }

const contextOf = ({ kind, accountId, customer, raisedAt }: ReviewMatter & Pick<Review, 'raisedAt'>) => [
  'reviews',
  'data',
  kind,
  accountId,
  customer?.serviceLine ?? '',
  customer?.customerId ?? '',
  raisedAt,
]

/** A matter as it is outside: the record is the token by which its link is found. */
export const createMatterToken = (index: Keyring['index']): ((matter: ReviewMatter) => ReviewMatter) => {
  const tokens = createTokens(index)
  return matter => (matter.customer === undefined ? matter : { ...matter, customer: tokens.customer(matter.customer) })
}

/**
 * Reviews whose data are sealed with the key of the account they are about; the record they name is the token by which
 * its link is found. A review whose account was erased a moment ago is none.
 */
export const encryptReviews = (reviews: ReviewsPort, keyring: Keyring): ReviewsPort => {
  const { accounts, index } = keyring
  const sealEvents = createSealEvents(keyring)
  const tokenOf = createMatterToken(index)

  const open = (sealer: Sealer, review: Review): Review => {
    const { customerId, data } = JSON.parse(sealer.open(contextOf(review), review.data as string)) as SealedReview
    const { customer } = review
    return { ...review, data, ...(customer && customerId && { customer: { ...customer, customerId } }) }
  }

  const openAll = async (found: readonly Review[]): Promise<readonly Review[]> => {
    const sealers = await accounts.ofMany(found.map(({ accountId }) => accountId))
    return found.flatMap(review => {
      const sealer = sealers.get(review.accountId)
      return sealer === undefined ? [] : [open(sealer, review)]
    })
  }

  return {
    raise: async ({ matter, raisedAt, data, events }) => {
      const sealer = await accounts.of(matter.accountId)
      if (sealer === undefined) return false
      const outside = tokenOf(matter)
      const inside: SealedReview = { ...(matter.customer && { customerId: matter.customer.customerId }), data }
      const sealed = sealer.seal(contextOf({ ...outside, raisedAt }), JSON.stringify(inside))
      return reviews.raise({ matter: outside, raisedAt, data: sealed, events: await sealEvents(events) })
    },

    find: async id => {
      const found = await reviews.find(id)
      return found && (await openAll([found]))[0]
    },

    list: async query => openAll(await reviews.list(query)),

    close: async input => reviews.close({ ...input, events: await sealEvents(input.events) }),
  }
}
