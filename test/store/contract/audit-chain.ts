import { AWKWARD_IDS, AWKWARD_JSON, type Context, LARGE, RACERS, race } from './context.ts'

/** The contract of `AuditChainPort`, and of the searches of `AuditPort`. */
export const describeAuditChain = (context: Context): void => {
  const audit = () => context.store().audit
  const chain = () => context.store().auditChain
  const event = (type: string, more: { at?: number; accountId?: string; clientId?: string } = {}) => ({
    at: context.now(),
    type,
    data: { type },
    ...more,
  })
  const block = (number: number, events: number) => ({ number, sealedAt: context.now(), events, mac: `mac-${number}` })
  const sequences = async (limit = 100) => (await chain().unsealed(limit)).map(({ sequence }) => sequence)
  const typesOf = (found: readonly { type: string }[]) => found.map(({ type }) => type)

  describe('audit chain', () => {
    test('events are in no block until they are sealed, then in this one', async () => {
      expect(await chain().head()).toBeUndefined()
      await audit().append([event('a', { accountId: 'x', clientId: 'c' }), event('b'), event('c')])
      const [first, second, third] = await chain().unsealed(100)
      expect(first).toMatchObject({ at: context.now(), type: 'a', accountId: 'x', clientId: 'c' })
      expect(typeof first?.data).toBe('string')
      expect(await sequences(2)).toEqual([first?.sequence, second?.sequence])
      expect(await chain().seal(block(1, 2), [first?.sequence ?? 0, second?.sequence ?? 0])).toBe(true)
      expect(await sequences()).toEqual([third?.sequence])
      expect(await chain().head()).toEqual(block(1, 2))
      expect(await chain().eventsOf({ first: 1, last: 1 })).toEqual([
        { ...first, block: 1 },
        { ...second, block: 1 },
      ])
      expect(await chain().seal(block(2, 1), [third?.sequence ?? 0])).toBe(true)
      expect(typesOf(await chain().eventsOf({ first: 1, last: 2 }))).toEqual(['a', 'b', 'c'])
      expect(await chain().blocks({ after: 0, limit: 10 })).toEqual([block(1, 2), block(2, 1)])
      expect(await chain().blocks({ after: 0, limit: 1 })).toEqual([block(1, 2)])
      expect(await chain().blocks({ after: 1, limit: 10 })).toEqual([block(2, 1)])
      // Sealing changes nothing of what is told.
      expect(typesOf(await audit().list({ after: 0, limit: 10 }))).toEqual(['a', 'b', 'c'])
    })

    test('seals awkward values as they are, and keeps them', async () => {
      const written = AWKWARD_IDS.map(id => ({ ...event(id, { accountId: id, clientId: id }), data: AWKWARD_JSON }))
      await audit().append(written)
      const open = await chain().unsealed(100)
      const told = ({ type, accountId, clientId }: { type: string; accountId?: string; clientId?: string }) => ({
        type,
        accountId,
        clientId,
      })
      expect(open.map(told)).toEqual(written.map(told))
      for (const [at, { sequence }] of open.entries()) {
        const sealed = { ...block(at + 1, 1), mac: AWKWARD_IDS[at] ?? '' }
        expect(await chain().seal(sealed, [sequence])).toBe(true)
        expect(await chain().head()).toEqual(sealed)
      }
      expect(await chain().eventsOf({ first: 1, last: open.length })).toEqual(
        open.map((one, at) => ({ ...one, block: at + 1 })),
      )
      const blocks = await chain().blocks({ after: 0, limit: 100 })
      expect(blocks.map(({ mac }) => mac)).toEqual(AWKWARD_IDS)
      const listed = await audit().list({ after: 0, limit: 100 })
      expect(listed.map(({ data }) => data)).toEqual(written.map(() => AWKWARD_JSON))
    })

    test('refuses another number than the next, and events that are sealed or not there', async () => {
      await audit().append([event('a'), event('b')])
      const [a = 0, b = 0] = await sequences()
      expect(await chain().seal(block(2, 1), [a])).toBe(false)
      expect(await chain().seal(block(1, 1), [a])).toBe(true)
      expect(await chain().seal(block(1, 1), [b])).toBe(false)
      expect(await chain().seal(block(2, 2), [a, b])).toBe(false)
      expect(await chain().seal(block(2, 2), [b, b + 1_000_000])).toBe(false)
      expect(await sequences()).toEqual([b])
      expect(await chain().head()).toEqual(block(1, 1))
    })

    test('of parallel blocks one is appended', async () => {
      await audit().append([event('a'), event('b')])
      const [a = 0, b = 0] = await sequences()
      const results = await race(racer => chain().seal({ ...block(1, 1), mac: `${racer}` }, [racer % 2 ? a : b]))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await chain().head()).toEqual({ ...block(1, 1), mac: `${results.indexOf(true)}` })
      expect(await chain().eventsOf({ first: 0, last: RACERS })).toHaveLength(1)
    })

    test('removes blocks with their events, but never the last', async () => {
      await audit().append(['a', 'b', 'c', 'd'].map(type => event(type)))
      const [a = 0, b = 0, c = 0] = await sequences()
      await chain().seal(block(1, 2), [a, b])
      await chain().seal(block(2, 1), [c])
      expect(await chain().remove({ through: 9, limit: 1 })).toBe(1)
      expect(typesOf(await chain().eventsOf({ first: 1, last: 2 }))).toHaveLength(2)
      while ((await chain().remove({ through: 9, limit: 10 })) > 0);
      expect(await chain().blocks({ after: 0, limit: 10 })).toEqual([block(2, 1)])
      expect(typesOf(await audit().list({ after: 0, limit: 10 }))).toEqual(['c', 'd'])
    })
  })

  describe('audit search', () => {
    const search = async (query: Omit<Parameters<ReturnType<typeof audit>['search']>[0], 'limit'>, limit = 10) =>
      typesOf(await audit().search({ ...query, limit }))

    test('finds the newest first, by every condition that is given', async () => {
      const at = context.now()
      await audit().append([
        event('b', { at: at + 1, accountId: 'x' }),
        event('a', { at, accountId: 'x', clientId: 'c' }),
        event('c', { at: at + 2, clientId: 'c' }),
        event('a', { at: at + 3 }),
      ])
      expect(await search({})).toEqual(['a', 'c', 'b', 'a'])
      expect(await search({ accountId: 'x' })).toEqual(['b', 'a'])
      expect(await search({ clientId: 'c' })).toEqual(['c', 'a'])
      expect(await search({ type: 'a' })).toEqual(['a', 'a'])
      expect(await search({ type: 'a', accountId: 'x', clientId: 'c' })).toEqual(['a'])
      expect(await search({ type: 'b', clientId: 'c' })).toEqual([])
      expect(await search({ from: at + 1, to: at + 3 })).toEqual(['c', 'b'])
      expect(await search({}, 2)).toEqual(['a', 'c'])
    })

    test('finds awkward ids, each its own alone', async () => {
      await audit().append(AWKWARD_IDS.map(id => event(id, { accountId: id, clientId: id })))
      for (const id of AWKWARD_IDS) {
        expect(await search({ accountId: id })).toEqual([id])
        expect(await search({ clientId: id })).toEqual([id])
        expect(await search({ type: id })).toEqual([id])
        expect(await search({ type: id, clientId: `${LARGE}${id}` })).toEqual([])
      }
    })

    test('pages without a gap or a repetition, though events are of one moment', async () => {
      const at = context.now()
      await audit().append(
        Array.from({ length: 7 }, (_, index) => event(`${index}`, { at: at - Math.floor(index / 3) })),
      )
      const seen: string[] = []
      let before: { at: number; sequence: number } | undefined
      for (;;) {
        const page = await audit().search({ limit: 2, ...(before && { before }) })
        if (page.length === 0) break
        seen.push(...typesOf(page))
        before = page.at(-1)
      }
      expect(seen).toEqual(['2', '1', '0', '5', '4', '3', '6'])
      expect(await search({ before: { at: at + 9, sequence: 0 }, to: at - 1 })).toEqual(['6'])
    })
  })
}
