import type { Message } from '#src/store/ports/messages.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, RACERS, race } from './context.ts'

const LEASE_MS = 30_000

const message = (id: string, more: Partial<Message> = {}): Message => ({
  id,
  content: { to: `${id}@mail.example` },
  expiresAt: Date.parse('2036-12-22T12:00:00Z'),
  ...more,
})

/** The contract of `MessagesPort`. */
export const describeMessages = (context: Context): void => {
  const port = () => context.store().messages
  const inMs = (milliseconds: number) => context.now() + milliseconds
  const take = (limit = 100) => port().takeDue({ now: context.now(), leaseMs: LEASE_MS, limit })
  const takenIds = async () => (await take()).map(({ id }) => id).sort()

  describe('messages', () => {
    test('are due at their time, each to one taker until its lease is over', async () => {
      expect(await take()).toEqual([])
      expect(await port().put(message('one', { content: AWKWARD_JSON }), inMs(60_000))).toBe(true)
      await context.advance(59)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...message('one', { content: AWKWARD_JSON }), tries: 1 }])
      expect(await take()).toEqual([])
      await context.advance(29)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...message('one', { content: AWKWARD_JSON }), tries: 2 }])
    })

    test('are taken in once for each id, also when they are over, until that is forgotten', async () => {
      expect(await port().put(message('one'), inMs(0))).toBe(true)
      expect(await port().put(message('one', { content: 'other' }), inMs(0))).toBe(false)
      expect(await take()).toEqual([{ ...message('one'), tries: 1 }])
      expect(await port().settle({ id: 'one', tries: 1 }, inMs(60_000))).toBe(true)
      expect(await port().put(message('one'), inMs(0))).toBe(false)
      await context.advance(59)
      expect(await port().forget(context.now())).toBe(0)
      expect(await port().put(message('one'), inMs(0))).toBe(false)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await port().forget(context.now())).toBe(1)
      expect(await port().put(message('one'), inMs(0))).toBe(true)
      expect(await take()).toEqual([{ ...message('one'), tries: 1 }])
    })

    test('are put off and ended by who holds them, and by nobody after the lease', async () => {
      await port().put(message('one'), inMs(0))
      await take()
      expect(await port().postpone({ id: 'one', tries: 1 }, inMs(60_000))).toBe(true)
      await context.advance(59)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...message('one'), tries: 2 }])
      await context.advance(30)
      expect(await take()).toEqual([{ ...message('one'), tries: 3 }])
      const late = { id: 'one', tries: 2 }
      expect([await port().postpone(late, inMs(0)), await port().settle(late, inMs(0))]).toEqual([false, false])
      expect(await port().settle({ id: 'one', tries: 3 }, inMs(0))).toBe(true)
      const over = { id: 'one', tries: 3 }
      expect([await port().postpone(over, inMs(0)), await port().settle(over, inMs(0))]).toEqual([false, false])
      expect(await port().settle({ id: 'unknown', tries: 1 }, inMs(0))).toBe(false)
    })

    test('of those that are ended at once each is told whether it was its own', async () => {
      for (const id of ['one', 'two', 'three']) await port().put(message(id), inMs(0))
      await take()
      const claims = [
        { id: 'one', tries: 1 },
        { id: 'two', tries: 2 },
        { id: 'one', tries: 1 },
        { id: 'three', tries: 1 },
      ]
      const [first, late, again, third] = await Promise.all(claims.map(claim => port().settle(claim, inMs(60_000))))
      expect([late, third, [first, again].sort()]).toEqual([false, true, [false, true]])
      await context.advance(30)
      expect(await takenIds()).toEqual(['two'])
    })

    test('of those that come at once each is taken in that is new', async () => {
      await port().put(message('known'), inMs(0))
      const ids = ['known', 'one', 'two', 'one', 'known', 'three']
      const taken = await Promise.all(ids.map(id => port().put(message(id), inMs(0))))
      expect(ids.filter((_, index) => taken[index]).sort()).toEqual(['one', 'three', 'two'])
      expect(await takenIds()).toEqual(['known', 'one', 'three', 'two'])
      expect(await Promise.all(['one', 'two'].map(id => port().put(message(id), inMs(0))))).toEqual([false, false])
    })

    test('what waits is never forgotten', async () => {
      await port().put(message('one'), inMs(0))
      await context.advance(3600)
      expect(await port().forget(context.now())).toBe(0)
      expect(await takenIds()).toEqual(['one'])
    })

    test('the longest due are taken first, no more than asked for', async () => {
      for (const [id, milliseconds] of [
        ['third', 3000],
        ['first', 1000],
        ['second', 2000],
      ] as const) {
        await port().put(message(id), inMs(milliseconds))
      }
      await context.advance(10)
      expect((await take(2)).map(({ id }) => id).sort()).toEqual(['first', 'second'])
      expect((await take(2)).map(({ id }) => id)).toEqual(['third'])
    })

    test('of parallel messages under one id one is taken in', async () => {
      const results = await race(racer => port().put(message('one', { content: { racer } }), inMs(0)))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect((await take()).map(({ content }) => content)).toEqual([{ racer: results.indexOf(true) }])
    })

    test('of parallel takers each message goes to one', async () => {
      const ids = Array.from({ length: RACERS }, (_, index) => `id-${index}`)
      for (const id of ids) await port().put(message(id), inMs(0))
      const taken = await race(() => take(5))
      const all = taken.flat().map(({ id }) => id)
      expect(new Set(all).size).toBe(all.length)
      for (;;) {
        const more = await takenIds()
        if (more.length === 0) break
        all.push(...more)
      }
      expect(all.sort()).toEqual(ids.sort())
    })

    test('of parallel ends one counts', async () => {
      await port().put(message('one'), inMs(0))
      await take()
      const ends = await race(() => port().settle({ id: 'one', tries: 1 }, inMs(60_000)))
      expect(ends.filter(Boolean)).toHaveLength(1)
    })

    test('keep awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) expect(await port().put(message(id, { content: id }), inMs(0))).toBe(true)
      const taken = await take()
      expect(taken.map(({ id }) => id).sort()).toEqual([...AWKWARD_IDS].sort())
      for (const { id, content } of taken) expect(content).toBe(id)
      for (const id of AWKWARD_IDS) expect(await port().settle({ id, tries: 1 }, inMs(0))).toBe(true)
    })
  })
}
