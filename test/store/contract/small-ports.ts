import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { createAttempts } from '#src/interaction/attempts.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, LARGE, RACERS, race } from './context.ts'

/** The contract of `AttemptsPort`. */
export const describeAttempts = (context: Context): void => {
  const port = () => context.store().attempts

  describe('attempts', () => {
    test('starts at version 1 and grows by one with each transition', async () => {
      expect(await port().find('u')).toBeUndefined()
      expect(await port().create('u', AWKWARD_JSON, 60)).toBe(1)
      expect(await port().find('u')).toEqual({ version: 1, data: AWKWARD_JSON })
      expect(await port().transition('u', 1, { step: 2 })).toBe('ok')
      expect(await port().find('u')).toEqual({ version: 2, data: { step: 2 } })
      expect(await port().transition('u', 2, { step: 3 })).toBe('ok')
      expect(await port().find('u')).toEqual({ version: 3, data: { step: 3 } })
    })

    test('a transition from another version is stale and changes nothing', async () => {
      await port().create('u', { step: 1 }, 60)
      await port().transition('u', 1, { step: 2 })
      expect(await port().transition('u', 1, { step: 'late' })).toBe('stale')
      expect(await port().transition('u', 3, { step: 'early' })).toBe('stale')
      expect(await port().transition('none', 1, {})).toBe('stale')
      expect(await port().find('u')).toEqual({ version: 2, data: { step: 2 } })
      expect(await port().find('none')).toBeUndefined()
    })

    test('expires by its first time to live, whatever comes in between', async () => {
      await port().create('u', {}, 60)
      await context.advance(59)
      expect(await port().transition('u', 1, {})).toBe('ok')
      await context.advance(1)
      expect(await port().find('u')).toBeUndefined()
      expect(await port().transition('u', 2, {})).toBe('stale')
    })

    test('refuses an id that exists, and takes it again once that has expired', async () => {
      await port().create('u', { n: 1 }, 60)
      await expect(port().create('u', { n: 2 }, 60)).rejects.toThrow()
      expect(await port().find('u')).toEqual({ version: 1, data: { n: 1 } })
      await port().transition('u', 1, {})
      await context.advance(60)
      expect(await port().create('u', { n: 3 }, 60)).toBe(1)
      expect(await port().find('u')).toEqual({ version: 1, data: { n: 3 } })
    })

    test('of parallel transitions one wins and its data stay', async () => {
      await port().create('u', {}, 60)
      const results = await race(racer => port().transition('u', 1, { racer }))
      expect(results.filter(result => result === 'ok')).toHaveLength(1)
      expect(await port().find('u')).toEqual({ version: 2, data: { racer: results.indexOf('ok') } })
    })

    test('parallel changes, each of what the others have made, are all made', async () => {
      const attempts = createAttempts(port(), 60)
      await attempts.create({ uid: 'u', proofTries: 0 } as LoginAttempt)
      const from = { version: 1, attempt: { uid: 'u', proofTries: 0 } as LoginAttempt }
      const changed = await race(() =>
        attempts.change(from, attempt => ({ ...attempt, proofTries: attempt.proofTries + 1 })),
      )
      const counts = changed.map(one => one?.attempt.proofTries ?? 0)
      expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1))
      expect((await attempts.find('u'))?.attempt.proofTries).toBe(RACERS)
    })

    test('keeps awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) await port().create(id, { id }, 60)
      for (const id of AWKWARD_IDS) {
        expect(await port().find(id)).toEqual({ version: 1, data: { id } })
        expect(await port().transition(id, 1, [id])).toBe('ok')
      }
    })
  })
}

/** The contract of `KeysPort`. */
export const describeKeys = (context: Context): void => {
  const port = () => context.store().keys

  describe('keys', () => {
    test('the first value put under a name stays', async () => {
      expect(await port().find('cookies')).toBeUndefined()
      expect(await port().putIfAbsent('cookies', 'first')).toBe('first')
      expect(await port().putIfAbsent('cookies', 'second')).toBe('first')
      expect(await port().putIfAbsent('other', 'second')).toBe('second')
      expect(await port().find('cookies')).toBe('first')
    })

    test('parallel callers all get the one that is stored', async () => {
      const values = await race(racer => port().putIfAbsent('cookies', `value-${racer}`))
      expect(new Set(values).size).toBe(1)
      expect(await port().find('cookies')).toBe(values[0])
    })

    test('replaces a value only by who knows it', async () => {
      expect(await port().replace('cookies', 'none', 'value')).toBe(false)
      expect(await port().find('cookies')).toBeUndefined()
      await port().putIfAbsent('cookies', 'first')
      expect(await port().replace('cookies', 'other', 'second')).toBe(false)
      expect(await port().find('cookies')).toBe('first')
      expect(await port().replace('cookies', 'first', 'second')).toBe(true)
      expect(await port().find('cookies')).toBe('second')
      expect(await port().replace('cookies', 'first', 'third')).toBe(false)
      expect(await port().putIfAbsent('cookies', 'fourth')).toBe('second')
    })

    test('of parallel replacements of one value one wins and its value stays', async () => {
      await port().putIfAbsent('cookies', 'value')
      const results = await race(racer => port().replace('cookies', 'value', `value-${racer}`))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await port().find('cookies')).toBe(`value-${results.indexOf(true)}`)
    })

    test('keeps awkward names apart, and large values whole', async () => {
      for (const id of AWKWARD_IDS) expect(await port().putIfAbsent(id, LARGE + id)).toBe(LARGE + id)
      for (const id of AWKWARD_IDS) expect(await port().find(id)).toBe(LARGE + id)
      for (const id of AWKWARD_IDS) expect(await port().replace(id, LARGE + id, id + LARGE)).toBe(true)
      for (const id of AWKWARD_IDS) expect(await port().find(id)).toBe(id + LARGE)
    })

    test('tells all names, and those that begin with a prefix', async () => {
      expect(await port().names('')).toEqual([])
      for (const id of AWKWARD_IDS) await port().putIfAbsent(id, 'value')
      expect([...(await port().names(''))].sort()).toEqual([...AWKWARD_IDS].sort())
      for (const id of AWKWARD_IDS) {
        for (const name of [id, `${id}-next`, `${id}%`, `${id}\u{10FFFE}`])
          await port().putIfAbsent(`${LARGE}${name}`, 'value')
        const found = await port().names(`${LARGE}${id}-`)
        expect(found).toEqual([`${LARGE}${id}-next`])
        expect(await port().names(`${LARGE}${id}\u{10FFFE}`)).toHaveLength(1)
      }
      expect(await port().names('none')).toEqual([])
    })
  })
}

/** The contract of `LimitsPort`. */
export const describeLimits = (context: Context): void => {
  const port = () => context.store().limits

  describe('limits', () => {
    test('counts within a window that starts with the first hit', async () => {
      expect(await port().hit('k', 60)).toBe(1)
      await context.advance(40)
      expect(await port().hit('k', 60)).toBe(2)
      expect(await port().hit('other', 60)).toBe(1)
      await context.advance(19)
      expect(await port().hit('k', 60)).toBe(3)
      await context.advance(1)
      expect(await port().hit('k', 60)).toBe(1)
      await context.advance(59)
      expect(await port().hit('k', 60)).toBe(2)
    })

    test('counts many at once', async () => {
      expect(await port().hit('k', 60, 5)).toBe(5)
      await context.advance(59)
      expect(await port().hit('k', 60)).toBe(6)
      await context.advance(1)
      expect(await port().hit('k', 60, 3)).toBe(3)
      expect(await port().hit('k', 60, 2)).toBe(5)
    })

    test('tells with a hit how long its window still lasts, in whole seconds, rounded up', async () => {
      expect(await port().hitTimed('k', 60)).toEqual({ hits: 1, leftSeconds: 60 })
      await context.advance(40.2)
      expect(await port().hit('k', 60)).toBe(2)
      expect(await port().hitTimed('k', 60, 3)).toEqual({ hits: 5, leftSeconds: 20 })
      await context.advance(19)
      expect(await port().hitTimed('k', 60)).toEqual({ hits: 6, leftSeconds: 1 })
      await context.advance(1)
      expect(await port().hitTimed('k', 30, 2)).toEqual({ hits: 2, leftSeconds: 30 })
    })

    test('counts every one of parallel hits', async () => {
      const counts = await race(() => port().hit('k', 60))
      expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1))
    })

    test('keeps awkward keys apart', async () => {
      for (const id of AWKWARD_IDS) expect(await port().hit(id, 60)).toBe(1)
      for (const id of AWKWARD_IDS) expect(await port().hit(id, 60)).toBe(2)
    })
  })
}
