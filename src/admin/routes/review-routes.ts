import { z } from 'zod'
import type { DecidingRequest } from '#src/accounts/link-changes.ts'
import { notFound, type Problem, stale } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { createDecisionOperations } from '#src/admin/operations/decisions.ts'
import {
  claimOf,
  factsOf,
  type ReviewDecided,
  type ReviewOperations,
  versionOf,
} from '#src/admin/operations/reviews.ts'
import { maskText } from '#src/audit/mask.ts'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { LinkChangesPort } from '#src/store/ports/link-changes.ts'
import { REVIEW_KINDS, REVIEW_OUTCOMES, type Review, type ReviewsPort } from '#src/store/ports/reviews.ts'
import { aboutRecord, type createRoleOf, createToRequest, deciding, refused } from './link-requests.ts'
import { answerWithPlan, plannedView, type Sides, seenMark } from './link-routes.ts'
import { comparedRecord, decisionView, nextOf, paging, parseCursor, reason, sideView } from './schemas.ts'

const reviewParams = z.strictObject({ reviewId: z.string().min(1).max(128) })
const closedView = z.strictObject({ at: z.number(), by: z.string(), outcome: z.enum(REVIEW_OUTCOMES) })
const line = {
  id: z.string(),
  kind: z.enum(REVIEW_KINDS),
  accountId: z.string(),
  raisedAt: z.number(),
  record: z.strictObject({ serviceLine: z.enum(SERVICE_LINES), customerId: z.string() }).optional(),
  closed: closedView.optional(),
}
/** A review in a list. */
export const reviewLine = z.strictObject(line)
/** A review with why it was raised. */
export const reviewView = z.strictObject({
  ...line,
  facts: z.record(z.string(), z.json()).describe('Codes and names of fields; no value of a record.'),
  evidence: comparedRecord.optional().describe('How matching saw the record when the review was raised.'),
  errorBudget: z.number().optional().describe('What was accepted at most then: the probability that a link is wrong.'),
})

/** A review as whoever decides on it sees it: with both sides. */
export const reviewDetail = reviewView.extend({
  accounts: z.array(sideView).describe('Who has it, and who claims it where they have an account, masked.'),
  claims: z.array(decisionView).describe('Logins that were to have the record of another, newest first.'),
})

const viewLine = ({ id, kind, accountId, raisedAt, customer, closed }: Review): z.input<typeof reviewLine> => ({
  id,
  kind,
  accountId,
  raisedAt,
  ...(customer && { record: { serviceLine: customer.serviceLine, customerId: maskText(customer.customerId) } }),
  ...(closed && { closed }),
})

const answerWith = (review: Review, more: { change?: string } = {}) => {
  const { record, ...told } = factsOf(review)
  const body = { ...viewLine(review), ...told, ...(record && { evidence: record }), ...more }
  return { status: 200, body, etag: versionOf(review) }
}

const conflict = (code: string, title: string): Problem => ({ status: 409, code, title })

const OTHER_MATTER = conflict(
  'other-matter',
  'what is asked for touches neither the record nor the account of the review',
)
const NO_RECORD = conflict('no-record', 'the review is about no record: name one')

const answerTo = (outcome: ReviewDecided) => {
  switch (outcome.kind) {
    case 'closed':
      return answerWith(outcome.review, outcome.change === undefined ? {} : { change: outcome.change })
    case 'refused':
      return refused(outcome.refusal)
    case 'unknown':
      return notFound('review')
    case 'stale':
      return stale()
    case 'closed-already':
      return conflict(outcome.kind, 'it was decided on already')
    case 'other-matter':
      return OTHER_MATTER
    case 'pointless':
      return conflict(outcome.kind, 'an act goes with the outcome changed')
  }
}

/** Routes about links that people are to look at. */
export const reviewRoutes = (deps: {
  operations: ReviewOperations
  reviews: Pick<ReviewsPort, 'list'>
  linkChanges: Pick<LinkChangesPort, 'identitiesOf'>
  sides: Sides
  decisions: Pick<ReturnType<typeof createDecisionOperations>, 'claimsOn'>
  roleOf: ReturnType<typeof createRoleOf>
}): readonly Route[] => {
  const { operations, reviews } = deps
  const toRequest = createToRequest(deps)

  /** An act about a review, its record put in where none is named. */
  const actOf = async (given: z.output<typeof deciding>, review: Review): Promise<DecidingRequest | Problem> => {
    const whole = aboutRecord(given, review.customer)
    if (whole === undefined) return NO_RECORD
    return (await toRequest(whole)) ?? refused('not-bound')
  }

  return [
    route({
      method: 'get',
      path: '/reviews',
      id: 'listReviews',
      roles: ['viewer'],
      summary: 'Lists links that people are to look at, the oldest first',
      query: z.strictObject({ ...paging, all: z.stringbool().default(false).describe('Closed ones, too.') }),
      answer: {
        status: 200,
        description: 'Reviews.',
        schema: z.strictObject({ reviews: z.array(reviewLine), next: z.string().optional() }),
      },
      problems: [],
      run: async ({ query: { limit, cursor, all } }) => {
        const { at: raisedAt, id } = cursor === undefined ? { at: -1, id: '' } : parseCursor(cursor)
        const found = await reviews.list({ all, limit, after: { raisedAt, id } })
        return {
          status: 200,
          body: { reviews: found.map(viewLine), ...nextOf(found, limit, one => [one.raisedAt, one.id]) },
        }
      },
    }),
    route({
      method: 'get',
      path: '/reviews/{reviewId}',
      id: 'showReview',
      roles: ['viewer'],
      personal: true,
      summary: 'Shows what a review is about and why it was raised; the ETag goes with a decision',
      params: reviewParams,
      answer: { status: 200, description: 'The review.', schema: reviewDetail, etag: true },
      problems: [404],
      run: async ({ params }) => {
        const review = await operations.find(params.reviewId)
        if (review === undefined) return notFound('review')
        const { accountId, customer, kind, raisedAt } = review
        const { claimant, ...by } = claimOf(review)
        const claims =
          kind === 'owner-conflict' && customer !== undefined
            ? await deps.decisions.claimsOn(customer, { owner: accountId, from: raisedAt, ...by })
            : []
        const others = [claimant, ...claims.map(({ account }) => account as AccountId | undefined)]
        const ids = [...new Set([accountId, ...others.filter(id => id !== undefined)])]
        const { body, ...answer } = answerWith(review)
        return { ...answer, body: { ...body, claims, accounts: await deps.sides(ids) } }
      },
    }),
    route({
      method: 'post',
      path: '/reviews/{reviewId}/decision',
      id: 'decideReview',
      roles: ['linker'],
      fresh: true,
      ifMatch: true,
      params: reviewParams,
      summary: 'Closes a review, with an act on links where one is needed: both or neither',
      body: z.strictObject({ outcome: z.enum(REVIEW_OUTCOMES), reason, request: deciding.optional(), seen: seenMark }),
      answer: {
        status: 200,
        description: 'The review; the act that was done with it.',
        schema: reviewView.extend({ change: z.string().optional() }),
        etag: true,
      },
      problems: [404, 409],
      run: async ({ params: { reviewId: id }, body, version = 0, caller }) => {
        const { outcome, reason: why } = body
        const verdict = { id, version, by: caller.accountId, reason: why, outcome }
        if (body.request === undefined) return answerTo(await operations.decide(verdict))
        const review = await operations.find(id)
        if (review === undefined) return notFound('review')
        const request = await actOf(body.request, review)
        if ('code' in request) return request
        const { seen } = body
        return answerTo(await operations.decide({ ...verdict, request, ...(seen !== undefined && { seen }) }))
      },
    }),
    route({
      method: 'post',
      path: '/reviews/{reviewId}/preview',
      id: 'previewDecision',
      roles: ['linker'],
      personal: true,
      summary: 'Tells what an act about a review would do, and does nothing',
      params: reviewParams,
      body: deciding,
      answer: {
        status: 200,
        description: 'What moves, what is opened, whose logins end, whose passkeys go.',
        schema: plannedView,
      },
      problems: [404, 409],
      run: async ({ params: { reviewId: id }, body }) => {
        const review = await operations.find(id)
        if (review === undefined) return notFound('review')
        const request = await actOf(body, review)
        if ('code' in request) return request
        const planned = await operations.plan(review, request)
        if (planned.kind === 'other-matter') return OTHER_MATTER
        return planned.kind === 'refused' ? refused(planned.refusal) : answerWithPlan(planned, deps.sides)
      },
    }),
  ]
}
