import { AWKWARD_IDS, AWKWARD_JSON, type Context, RACERS, race } from './context.ts'

/** The contract of `AuditPort`. */
export const describeAudit = (context: Context): void => {
  const port = () => context.store().audit
  const all = () => port().list({ after: 0, limit: 1000 })
  const event = (type: string) => ({ at: context.now(), type, data: { n: 1 } })

  describe('audit', () => {
    test('gives events back as they were, oldest first, with growing numbers', async () => {
      const events = [
        event('first'),
        { ...event('second'), accountId: 'a', clientId: 'c', data: AWKWARD_JSON },
        { ...event('third'), accountId: 'a', data: null },
      ]
      await port().append(events.slice(0, 2))
      await port().append(events.slice(2))
      await port().append([])
      const listed = await all()
      expect(listed).toEqual(events.map(one => ({ ...one, sequence: expect.any(Number) })))
      const sequences = listed.map(({ sequence }) => sequence)
      expect(sequences.every((sequence, index) => sequence > (sequences[index - 1] ?? 0))).toBe(true)
    })

    test('pages without a gap or a repetition', async () => {
      const types = Array.from({ length: 7 }, (_, index) => `type-${index}`)
      await port().append(types.map(event))
      const seen: string[] = []
      const sizes: number[] = []
      for (let after = 0; ; ) {
        const page = await port().list({ after, limit: 3 })
        const last = page.at(-1)
        if (last === undefined) break
        seen.push(...page.map(({ type }) => type))
        sizes.push(page.length)
        after = last.sequence
      }
      expect(seen).toEqual(types)
      expect(sizes).toEqual([3, 3, 1])
    })

    test('pages through one account', async () => {
      const owned = (index: number) => ({ ...event(`type-${index}`), accountId: index % 2 ? 'odd' : 'even' })
      await port().append([...Array.from({ length: 6 }, (_, index) => owned(index)), event('nobody')])
      const first = await port().list({ after: 0, limit: 2, accountId: 'odd' })
      expect(first.map(({ type }) => type)).toEqual(['type-1', 'type-3'])
      const rest = await port().list({ after: first[1]?.sequence ?? 0, limit: 2, accountId: 'odd' })
      expect(rest.map(({ type }) => type)).toEqual(['type-5'])
      expect(await port().list({ after: 0, limit: 2, accountId: 'none' })).toEqual([])
    })

    test('numbers parallel events apart and loses none', async () => {
      await race(racer => port().append([event(`${racer}-a`), event(`${racer}-b`)]))
      const listed = await all()
      expect(new Set(listed.map(({ sequence }) => sequence)).size).toBe(2 * RACERS)
      expect(new Set(listed.map(({ type }) => type)).size).toBe(2 * RACERS)
    })

    test('finds events by a record they name, newest first, and tells nothing of records', async () => {
      const naming = (type: string, ...records: string[]) => ({ ...event(type), records })
      await port().append([naming('one', 'tv:1'), naming('two', 'tv:2', 'tv:1', 'tv:1'), event('none')])
      await port().append([naming('two', 'tv:1'), { ...naming('mine', 'tv:1'), accountId: 'a', clientId: 'c' }])
      const search = (query: Partial<Parameters<ReturnType<typeof port>['search']>[0]>) =>
        port().search({ limit: 10, ...query })
      const typesOf = (found: Awaited<ReturnType<typeof search>>) => found.map(({ type }) => type)
      const found = await search({ record: 'tv:1' })
      expect(typesOf(found)).toEqual(['mine', 'two', 'two', 'one'])
      expect(JSON.stringify([found, await all()])).not.toContain('records')
      expect(typesOf(await search({ record: 'tv:2' }))).toEqual(['two'])
      expect(typesOf(await search({ record: 'tv:1', type: 'two' }))).toEqual(['two', 'two'])
      expect(typesOf(await search({ record: 'tv:1', accountId: 'a', clientId: 'c' }))).toEqual(['mine'])
      const [newest] = await search({ record: 'tv:1', limit: 1 })
      expect(typesOf(await search({ record: 'tv:1', ...(newest && { before: newest }) }))).toEqual([
        'two',
        'two',
        'one',
      ])
      expect(await search({ record: 'tv:1', to: context.now() })).toEqual([])
      expect(await search({ record: 'tv:3' })).toEqual([])
    })

    test('keeps awkward ids apart', async () => {
      await port().append(AWKWARD_IDS.map(id => ({ ...event(id), accountId: id, clientId: id })))
      for (const id of AWKWARD_IDS) {
        const listed = await port().list({ after: 0, limit: 100, accountId: id })
        expect(listed).toEqual([{ ...event(id), accountId: id, clientId: id, sequence: expect.any(Number) }])
      }
    })
  })
}
