import type { AccountId } from '#src/kernel/identity.ts'
import type { Review, ReviewMatter, ReviewsPort } from '#src/store/ports/reviews.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, LARGE, RACERS, race } from './context.ts'

/** The contract of `ReviewsPort`. */
export const describeReviews = (context: Context): void => {
  const port = () => context.store().reviews
  const customer = { serviceLine: 'tv', customerId: 'TV-1' } as const
  const matter = (id: string, more: Partial<ReviewMatter> = {}): ReviewMatter => ({
    kind: 'record-changed',
    accountId: id as AccountId,
    customer,
    ...more,
  })
  const event = (type: string) => ({ at: 1, type, data: {} })
  const raise = (about: ReviewMatter, raisedAt: number, data: Review['data'] = {}) =>
    port().raise({ matter: about, raisedAt, data, events: [event('review.opened')] })
  const closing = ({ id, raisedAt }: Pick<Review, 'id' | 'raisedAt'>) =>
    ({ id, raisedAt, at: 9000, by: 'somebody', outcome: 'kept', events: [event('review.closed')] }) as const
  const close = (review: Pick<Review, 'id' | 'raisedAt'>) => port().close(closing(review))
  const list = (more: Partial<Parameters<ReviewsPort['list']>[0]> = {}) => port().list({ limit: 100, ...more })
  const eventTypes = async () =>
    (await context.store().audit.list({ after: 0, limit: 100 }))
      .map(({ type }) => type)
      .filter(type => type.startsWith('review.'))

  const open = (id: string) =>
    context.store().accounts.open({
      account: { id: id as AccountId, createdAt: 1, updatedAt: 1, claims: {} },
      identity: { issuer: 'i', clientId: 'c', subject: id },
      customers: [],
      events: [],
    })

  describe('reviews', () => {
    beforeEach(async () => {
      await open('a')
      await open('b')
    })

    test('are opened once, closed once, and opened again', async () => {
      expect(await raise(matter('a'), 1000, AWKWARD_JSON)).toBe(true)
      expect(await raise(matter('a'), 2000, 'later')).toBe(false)
      const [review] = (await list()) as [Review]
      expect(review).toEqual({ ...matter('a'), id: expect.any(String), raisedAt: 1000, data: AWKWARD_JSON })
      expect(await port().find(review.id)).toEqual(review)

      expect(await close(review)).toBe(true)
      expect(await close(review)).toBe(false)
      expect(await list()).toEqual([])
      const closed = { ...review, closed: { at: 9000, by: 'somebody', outcome: 'kept' } }
      expect(await list({ all: true })).toEqual([closed])
      expect(await port().find(review.id)).toEqual(closed)

      expect(await raise(matter('a'), 3000, 'again')).toBe(true)
      expect(await list()).toEqual([{ ...review, raisedAt: 3000, data: 'again' }])
      // Somebody looked at the first opening, and decides on it only now.
      expect(await close(review)).toBe(false)
      expect(await list()).toHaveLength(1)
      expect(await eventTypes()).toEqual(['review.opened', 'review.closed', 'review.opened'])
    })

    test('each matter has its own, also one about no record', async () => {
      const matters = [
        matter('a'),
        matter('a', { kind: 'record-withdrawn' }),
        matter('a', { customer: { serviceLine: 'mobile', customerId: 'TV-1' } }),
        matter('b'),
        { kind: 'rebind', accountId: 'a' as AccountId } as const,
      ]
      for (const [at, about] of matters.entries()) expect(await raise(about, 1000 + at)).toBe(true)
      const found = await list()
      expect(found.map(({ id: _, raisedAt: __, data: ___, ...about }) => about)).toEqual(matters)
      expect(new Set(found.map(({ id }) => id)).size).toBe(matters.length)
    })

    test('are listed from the oldest on, in pages', async () => {
      for (const [at, id] of ['3', '1', '2', '4'].entries()) {
        await raise(matter('a', { customer: { serviceLine: 'tv', customerId: id } }), at < 2 ? 1000 : 1000 + at)
      }
      const whole = await list()
      expect(whole.map(({ raisedAt }) => raisedAt)).toEqual([1000, 1000, 1002, 1003])
      const seen: Review[] = []
      for (;;) {
        const after = seen.at(-1)
        const page = await list({ limit: 1, ...(after && { after }) })
        if (page.length === 0) break
        seen.push(...page)
      }
      expect(seen).toEqual(whole)
      await close(whole[0] as Review)
      expect(await list()).toEqual(whole.slice(1))
      expect(await list({ all: true, after: whole[0] as Review })).toEqual(whole.slice(1))
    })

    test('of one account are listed alone, in pages as well', async () => {
      const tv = (id: string) => ({ customer: { serviceLine: 'tv', customerId: id } }) as const
      for (const at of [1, 2, 3]) {
        await raise(matter('b', tv(`${at}`)), 1000 + at)
        await raise(matter('a', tv(`${at}`)), 1000 + at)
      }
      const ids = async (more: Parameters<typeof list>[0]) =>
        (await list({ accountId: 'a' as AccountId, ...more })).map(review => [
          review.accountId,
          review.customer?.customerId,
        ])
      const [first, second] = (await list({ accountId: 'a' as AccountId })) as [Review, Review]
      expect(await ids({})).toEqual(['1', '2', '3'].map(id => ['a', id]))
      await close(second)
      expect(await ids({})).toEqual(['1', '3'].map(id => ['a', id]))
      expect(await ids({ all: true })).toEqual(['1', '2', '3'].map(id => ['a', id]))
      expect(await ids({ all: true, after: first, limit: 1 })).toEqual([['a', '2']])
      expect(await ids({ after: first, limit: 1 })).toEqual([['a', '3']])
      for (const id of [...AWKWARD_IDS, 'nobody'])
        expect(await ids({ all: true, accountId: id as AccountId })).toEqual([])
    })

    test('of parallel raises and closings one counts each', async () => {
      const raised = await race(racer => raise(matter('a'), 1000 + racer))
      expect(raised.filter(Boolean)).toHaveLength(1)
      const [review] = (await list()) as [Review]
      const closed = await race(() => close(review))
      expect(closed.filter(Boolean)).toHaveLength(1)
      expect(RACERS).toBeGreaterThan(1)
      expect(await eventTypes()).toEqual(['review.opened', 'review.closed'])
    })

    test('what is not there is not found, and cannot be closed', async () => {
      expect(await port().find('none')).toBeUndefined()
      expect(await close({ id: 'none', raisedAt: 1 })).toBe(false)
      expect(await raise(matter('nobody'), 1000)).toBe(false)
      expect(await list({ all: true })).toEqual([])
      expect(await eventTypes()).toEqual([])
    })

    test('keep awkward accounts and records apart', async () => {
      const matters = AWKWARD_IDS.flatMap(id => [
        matter('a', { customer: { serviceLine: 'tv', customerId: id } }),
        { kind: 'rebind', accountId: id as AccountId } as const,
      ])
      for (const id of AWKWARD_IDS) await open(id)
      for (const [at, about] of matters.entries()) expect(await raise(about, 1000 + at, { at })).toBe(true)
      const found = await list()
      const told = found.map(({ kind, accountId, customer, data }) => ({ kind, accountId, customer, data }))
      expect(told).toEqual(matters.map((about, at) => ({ customer: undefined, ...about, data: { at } })))
      for (const review of found) expect(await port().find(review.id)).toEqual(review)
      for (const id of AWKWARD_IDS) {
        expect(await port().find(id)).toBeUndefined()
        expect(await close({ id, raisedAt: 1000 })).toBe(false)
      }
      for (const review of found) expect(await port().close({ ...closing(review), by: LARGE })).toBe(true)
      expect((await list({ all: true })).map(({ closed }) => closed?.by)).toEqual(matters.map(() => LARGE))
    })

    test('go with their account', async () => {
      await raise(matter('a'), 1000)
      await raise(matter('b'), 2000)
      await context.store().accounts.erase({ id: 'a' as AccountId, erasedAt: 1, events: [] })
      expect((await list({ all: true })).map(({ accountId }) => accountId)).toEqual(['b'])
      expect(await raise(matter('a'), 3000)).toBe(false)
    })
  })
}
