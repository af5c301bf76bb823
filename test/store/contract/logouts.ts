import type { AccountId } from '#src/kernel/identity.ts'
import type { LogoutNotice } from '#src/store/ports/logouts.ts'
import { AWKWARD_IDS, type Context, RACERS, race } from './context.ts'

const LEASE_MS = 30_000

const notice = (sid: string, more: Partial<LogoutNotice> = {}): LogoutNotice => ({
  sid,
  sessionUid: 'session',
  clientId: 'app',
  accountId: 'account' as AccountId,
  ...more,
})

/** The contract of `LogoutsPort`. */
export const describeLogouts = (context: Context): void => {
  const port = () => context.store().logouts
  const inMs = (milliseconds: number) => context.now() + milliseconds
  const take = (limit = 100) => port().takeDue({ now: context.now(), leaseMs: LEASE_MS, limit })
  const takenSids = async () => (await take()).map(({ sid }) => sid).sort()

  describe('logouts', () => {
    test('are due when the time of their session is over, each to one taker until its lease is', async () => {
      expect(await take()).toEqual([])
      await port().watch(notice('one'), inMs(60_000))
      await context.advance(59)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...notice('one'), released: false, tries: 1 }])
      expect(await take()).toEqual([])
      await context.advance(29)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...notice('one'), released: false, tries: 2 }])
    })

    test('are due later when they are noted again, and were not tried then', async () => {
      await port().watch(notice('one'), inMs(60_000))
      await context.advance(60)
      await take()
      await port().watch(notice('one'), inMs(60_000))
      await context.advance(59)
      expect(await take()).toEqual([])
      await context.advance(1)
      expect(await take()).toEqual([{ ...notice('one'), released: false, tries: 1 }])
    })

    test('are due at once when a session, one app in it, or an account is ended', async () => {
      const ends = inMs(3_600_000)
      await port().watch(notice('a1'), ends)
      await port().watch(notice('a2', { clientId: 'other' }), ends)
      await port().watch(notice('b', { sessionUid: 'second' }), ends)
      await port().watch(notice('c', { sessionUid: 'third', accountId: 'somebody' as AccountId }), ends)
      expect(await port().release({ sessionUid: 'session', clientId: 'other' }, context.now())).toBe(1)
      expect(await take()).toEqual([{ ...notice('a2', { clientId: 'other' }), released: true, tries: 1 }])
      expect(await port().release({ sessionUid: 'session' }, context.now())).toBe(1)
      expect(await takenSids()).toEqual(['a1'])
      expect(await port().release({ accountId: 'account' as AccountId }, context.now())).toBe(1)
      expect(await takenSids()).toEqual(['b'])
      expect(await port().release({ accountId: 'account' as AccountId }, context.now())).toBe(0)
      expect(await port().release({ sessionUid: 'unknown' }, context.now())).toBe(0)
    })

    test('once ended, are not noted again', async () => {
      await port().watch(notice('one'), inMs(60_000))
      await port().release({ sessionUid: 'session' }, context.now())
      await port().watch(notice('one'), inMs(3_600_000))
      expect(await take()).toEqual([{ ...notice('one'), released: true, tries: 1 }])
    })

    test('remember the part of an account that the app knows', async () => {
      const known = notice('one', { subjectOf: 'part' as AccountId })
      await port().watch(known, inMs(0))
      await port().watch(known, inMs(0))
      expect(await take()).toEqual([{ ...known, released: false, tries: 1 }])
    })

    test('are put off, and forgotten', async () => {
      await port().watch(notice('one'), inMs(0))
      await port().watch(notice('two'), inMs(0))
      expect(await takenSids()).toEqual(['one', 'two'])
      await port().postpone('one', inMs(5000))
      await port().settle('two')
      await port().settle('unknown')
      await context.advance(5)
      expect(await take()).toEqual([{ ...notice('one'), released: false, tries: 2 }])
      await context.advance(30)
      expect(await takenSids()).toEqual(['one'])
    })

    test('the longest due are taken first, no more than asked for', async () => {
      for (const [sid, milliseconds] of [
        ['third', 3000],
        ['first', 1000],
        ['second', 2000],
      ] as const) {
        await port().watch(notice(sid), inMs(milliseconds))
      }
      await context.advance(10)
      expect((await take(2)).map(({ sid }) => sid).sort()).toEqual(['first', 'second'])
      expect((await take(2)).map(({ sid }) => sid)).toEqual(['third'])
    })

    test('of parallel takers each notice goes to one', async () => {
      const sids = Array.from({ length: RACERS }, (_, index) => `sid-${index}`)
      for (const sid of sids) await port().watch(notice(sid), inMs(0))
      const taken = await race(() => take(5))
      const all = taken.flat().map(({ sid }) => sid)
      expect(new Set(all).size).toBe(all.length)
      for (;;) {
        const more = await takenSids()
        if (more.length === 0) break
        all.push(...more)
      }
      expect(all.sort()).toEqual(sids.sort())
    })

    test('of parallel ends one counts', async () => {
      await port().watch(notice('one'), inMs(60_000))
      const counts = await race(() => port().release({ sessionUid: 'session' }, context.now()))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    })

    test('keep awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) {
        await port().watch(notice(id, { sessionUid: id, clientId: id, accountId: id as AccountId }), inMs(60_000))
      }
      for (const id of AWKWARD_IDS) {
        expect(await port().release({ sessionUid: id, clientId: id }, context.now())).toBe(1)
        expect((await take()).map(({ sid }) => sid)).toEqual([id])
      }
    })
  })
}
