import { z } from 'zod'
import type { Problem } from '#src/admin/api/problem.ts'
import { type Caller, type FeedCaller, isFeed, nameOf, type Route, route } from '#src/admin/api/route.ts'
import { lineSchema } from '#src/customers/lines/line-schema.ts'
import { toGoodLine } from '#src/customers/lines/parse-line.ts'
import type { CustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** Of one call: they are one transaction, which on the embedded store everybody else who writes waits for. */
const MOST_LINES = 200
const MINUTE_SECONDS = 60
/** What systems may send in a minute, each: a hundred a second is a twentieth of a core. */
const MOST_LINES_A_MINUTE = 6000

const number = z.number()
const outcomes = z.strictObject({
  inserted: number,
  updated: number,
  unchanged: number.describe('What is stored already as it is: to send a line again does nothing.'),
  removed: number,
  absent: number.describe('Were to be withdrawn and are not there.'),
  superseded: number.describe('A later line of the same call is of the same record.'),
})

const tooMany = (leftSeconds: number): Problem => ({
  status: 429,
  code: 'too-many',
  title: `these are more than ${MOST_LINES_A_MINUTE} lines within a minute`,
  detail: 'nothing of it was done: send it again when the minute is over',
  unnoted: true,
  headers: { 'Retry-After': String(leftSeconds) },
})

/** The lines of service lines that are not the system's. */
const foreignLines = (lines: readonly { serviceLine: ServiceLine }[], caller: Caller | FeedCaller) =>
  isFeed(caller) ? [...lines.entries()].filter(([, { serviceLine }]) => !caller.serviceLines.includes(serviceLine)) : []

const notYours = (foreign: ReturnType<typeof foreignLines>, { serviceLines }: FeedCaller): Problem => ({
  status: 403,
  code: 'service-line',
  title: 'this system may not change records of another service line',
  errors: foreign.map(([at]) => ({
    field: `body.lines.${at}.serviceLine`,
    reason: `must be one of ${serviceLines.join(', ')}`,
    fix: 'the configuration says which service lines a system has: admin.feeds',
  })),
})

/** Does one piece of work after the other: people log in at this node as well. */
const createQueue = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Routes about the customer records themselves. */
export const customerRoutes = (deps: { feed: Pick<CustomerFeed, 'apply'>; limits: LimitsPort }): readonly Route[] => {
  const inTurn = createQueue()
  return [
    route({
      method: 'post',
      path: '/customers',
      id: 'changeCustomers',
      roles: ['owner'],
      fresh: true,
      feeds: true,
      summary: 'Takes in customer records as they change, or withdraws them: all of a call, or nothing of it',
      body: z.strictObject({
        lines: z
          .array(lineSchema)
          .min(1)
          .max(MOST_LINES)
          .describe('Each as a line of a customer file has it; `deleted: true` withdraws the record.'),
      }),
      answer: { status: 200, description: 'What became of the lines.', schema: outcomes },
      problems: [429],
      admit: async ({ body: { lines }, caller }) => {
        const foreign = foreignLines(lines, caller)
        if (isFeed(caller) && foreign.length > 0) return notYours(foreign, caller)
        const counter = `customers ${nameOf(caller)}`
        const { hits, leftSeconds } = await deps.limits.hitTimed(counter, MINUTE_SECONDS, lines.length)
        return hits > MOST_LINES_A_MINUTE ? tooMany(leftSeconds) : undefined
      },
      run: async ({ body: { lines } }) => {
        const done = await inTurn(() => deps.feed.apply(lines.map(toGoodLine)))
        return { status: 200, body: done, noted: { lines: lines.length, ...done } }
      },
    }),
  ]
}
