import type { CustomerChange, FoundCustomer, StoredCustomer } from '#src/store/ports/customers.ts'
import { AWKWARD_IDS, type Context, LARGE, RACERS, race } from './context.ts'

const customer = (
  serviceLine: StoredCustomer['serviceLine'],
  customerId: string,
  more: Partial<StoredCustomer> = {},
): StoredCustomer => ({
  serviceLine,
  customerId,
  document: `${serviceLine} ${customerId}`,
  digest: 'digest-1',
  keys: [],
  terms: [],
  ...more,
})

/** The contract of `CustomersPort`. */
export const describeCustomers = (context: Context): void => {
  const port = () => context.store().customers
  /** Puts records, and tells what became of them but for removals, of which there are none. */
  const put = async (records: readonly StoredCustomer[], at = 1000) => {
    const changes = records.map((record): CustomerChange => ({ kind: 'put', record }))
    const { removed, absent, ...outcomes } = await port().write(changes, at)
    expect([removed, absent]).toEqual([0, 0])
    return outcomes
  }
  const documentsOf = (records: readonly FoundCustomer[]) => records.map(({ document }) => document)
  const findLimited = async (keys: readonly string[], limitPerKey: number) => {
    const { records, overflowed } = await port().findByKeys(keys, limitPerKey)
    return { documents: documentsOf(records), overflowed }
  }
  const find = async (...keys: string[]) => (await findLimited(keys, 100)).documents
  const countTerms = async (terms: readonly string[]) => (await port().termCounts(terms)).counts
  const findById = async (customerId: string) => documentsOf(await port().findByCustomerId(customerId))

  const describeWriting = () => {
    test('tells inserted, updated and unchanged records', async () => {
      const records = [customer('tv', '1'), customer('tv', '2'), customer('mobile', '1')]
      expect(await put(records)).toEqual({ inserted: 3, updated: 0, unchanged: 0 })
      expect(await put(records)).toEqual({ inserted: 0, updated: 0, unchanged: 3 })
      const next = [customer('tv', '1', { digest: 'digest-2' }), customer('tv', '2'), customer('tv', '3')]
      expect(await put(next)).toEqual({ inserted: 1, updated: 1, unchanged: 1 })
      expect(await put([])).toEqual({ inserted: 0, updated: 0, unchanged: 0 })
      expect(await port().count()).toBe(4)
    })

    test('leaves a record with the same digest alone', async () => {
      await put([customer('tv', '1', { keys: ['k'], terms: ['t'] })])
      await put([customer('tv', '1', { document: 'other', keys: ['other'], terms: ['other'] })])
      expect(await find('k', 'other')).toEqual(['tv 1'])
      expect(await find('other')).toEqual([])
      expect(await countTerms(['t', 'other'])).toEqual(new Map([['t', 1]]))
    })

    test('replaces document, keys and terms with another digest', async () => {
      await put([customer('tv', '1', { keys: ['a', 'b'], terms: ['x', 'y'] })])
      const next = { document: 'new', digest: 'digest-2', keys: ['b', 'c'], terms: ['y', 'z'] }
      await put([customer('tv', '1', next)])
      expect(await find('a')).toEqual([])
      expect(await find('b')).toEqual(['new'])
      expect(await find('c')).toEqual(['new'])
      expect(await findById('1')).toEqual(['new'])
      expect(await countTerms(['x', 'y', 'z'])).toEqual(
        new Map([
          ['y', 1],
          ['z', 1],
        ]),
      )
      expect(await port().count()).toBe(1)
    })

    test('the last of several versions in one batch stays', async () => {
      const versions = ['1', '2', '3'].map(version =>
        customer('tv', '1', { document: version, digest: version, keys: [`k${version}`], terms: [`t${version}`, 't'] }),
      )
      expect(await put(versions)).toEqual({ inserted: 1, updated: 2, unchanged: 0 })
      expect(await find('k1', 'k2')).toEqual([])
      expect(await find('k3')).toEqual(['3'])
      expect(await countTerms(['t', 't1', 't2', 't3'])).toEqual(
        new Map([
          ['t', 1],
          ['t3', 1],
        ]),
      )
      expect(await port().count()).toBe(1)
    })

    test('parallel imports of the same records leave each once', async () => {
      const records = ['1', '2', '3'].map(id => customer('tv', id, { keys: ['k'], terms: ['t'] }))
      const results = await race(() => put(records))
      const sum = (outcome: 'inserted' | 'updated' | 'unchanged') =>
        results.reduce((total, result) => total + result[outcome], 0)
      expect([sum('inserted'), sum('updated'), sum('unchanged')]).toEqual([3, 0, 3 * (RACERS - 1)])
      expect(await find('k')).toEqual(['tv 1', 'tv 2', 'tv 3'])
      expect(await countTerms(['t'])).toEqual(new Map([['t', 3]]))
      expect(await port().count()).toBe(3)
    })
  }

  const describeFinding = () => {
    test('finds records that hold one of the keys, each once, ordered by service line and customer id', async () => {
      await put([
        customer('tv', '1', { keys: ['a', 'b', 'a'] }),
        customer('mobile', '9', { keys: ['b'] }),
        customer('mobile', '10', { keys: ['a'] }),
        customer('internet', '5', { keys: ['a', 'c'] }),
        customer('landline', '1', { keys: ['d'] }),
      ])
      expect(await findLimited(['b', 'a', 'none', 'a'], 100)).toEqual({
        documents: ['internet 5', 'mobile 10', 'mobile 9', 'tv 1'],
        overflowed: [],
      })
      expect(await findLimited([], 100)).toEqual({ documents: [], overflowed: [] })
      expect(await findLimited(['none'], 100)).toEqual({ documents: [], overflowed: [] })
    })

    test('a key with too many records yields none by itself and is named', async () => {
      const many = ['1', '2', '3'].map(id => customer('tv', id, { keys: ['full', 'over', `own-${id}`] }))
      await put([...many, customer('tv', '4', { keys: ['over'] })])
      expect(await findLimited(['full', 'over'], 3)).toEqual({
        documents: ['tv 1', 'tv 2', 'tv 3'],
        overflowed: ['over'],
      })
      expect(await findLimited(['over', 'own-2'], 3)).toEqual({ documents: ['tv 2'], overflowed: ['over'] })
      const both = await findLimited(['over', 'full', 'over'], 2)
      expect(both.documents).toEqual([])
      expect([...both.overflowed].sort()).toEqual(['full', 'over'])
    })

    test('finds records by their keys, each once, in order', async () => {
      await put([customer('tv', '7'), customer('mobile', '7'), customer('tv', '77')])
      const asked = [
        { serviceLine: 'tv', customerId: '7' },
        { serviceLine: 'mobile', customerId: '7' },
        { serviceLine: 'tv', customerId: '7' },
        { serviceLine: 'landline', customerId: '7' },
      ] as const
      expect(documentsOf(await port().find(asked))).toEqual(['mobile 7', 'tv 7'])
      expect(await port().find([])).toEqual([])
    })

    test('finds a customer id in any service line', async () => {
      await put([customer('tv', '7'), customer('mobile', '7'), customer('tv', '77')])
      expect(await findById('7')).toEqual(['mobile 7', 'tv 7'])
      expect(await findById('8')).toEqual([])
      expect(await Promise.all(['77', '8', '7', '77'].map(findById))).toEqual([
        ['tv 77'],
        [],
        ['mobile 7', 'tv 7'],
        ['tv 77'],
      ])
      expect(await port().findByCustomerId('77')).toEqual([{ serviceLine: 'tv', customerId: '77', document: 'tv 77' }])
    })

    test('gives all records in pages, each once', async () => {
      const ids = ['1', '10', '2', '3', '30']
      await put(ids.flatMap(id => [customer('tv', id), customer('mobile', id)]))
      for (const limit of [1, 3, 5, 100]) {
        const seen: string[] = []
        let after: string | undefined
        do {
          const page = await port().page({ limit, ...(after !== undefined && { after }) })
          expect(page.records.length).toBeLessThanOrEqual(limit)
          seen.push(...page.records.map(({ document }) => document))
          after = page.next
        } while (after !== undefined)
        expect(seen.sort()).toEqual(ids.flatMap(id => [`mobile ${id}`, `tv ${id}`]).sort())
      }
    })

    test('an empty store has one empty page', async () => {
      expect(await port().page({ limit: 10 })).toEqual({ records: [] })
    })

    test('counts the records that hold a term, once each', async () => {
      await put([
        customer('tv', '1', { terms: ['first:an', 'first:an', 'family:peeters'] }),
        customer('mobile', '1', { terms: ['first:an'] }),
      ])
      expect(await countTerms(['first:an', 'family:peeters', 'family:none', 'first:an'])).toEqual(
        new Map([
          ['first:an', 2],
          ['family:peeters', 1],
        ]),
      )
      expect(await countTerms([])).toEqual(new Map())
    })

    test('tells how many records there are, by service line and in all', async () => {
      const counts = async () => [
        await port().count(),
        (await port().termCounts([])).total,
        Object.fromEntries(await port().countByLine()),
      ]
      expect(await counts()).toEqual([0, 0, {}])
      await put([customer('tv', '1'), customer('tv', '2'), customer('mobile', '1')])
      await put([customer('tv', '1', { digest: 'digest-2' })])
      expect(await counts()).toEqual([3, 3, { tv: 2, mobile: 1 }])
      await port().write([{ kind: 'remove', key: { serviceLine: 'mobile', customerId: '1' } }], 2000)
      expect(await counts()).toEqual([2, 2, { tv: 2 }])
    })

    test('keeps awkward ids, keys and terms apart, and large documents whole', async () => {
      const awkward = (id: string) => customer('tv', id, { document: LARGE + id, digest: id, keys: [id], terms: [id] })
      await put(AWKWARD_IDS.map(awkward))
      for (const id of AWKWARD_IDS) {
        expect(await find(id)).toEqual([LARGE + id])
        expect(await findById(id)).toEqual([LARGE + id])
        expect(await countTerms([id])).toEqual(new Map([[id, 1]]))
      }
      expect(await port().count()).toBe(AWKWARD_IDS.length)
    })
  }

  const describeRemoving = () => {
    const remove = (customerId: string): CustomerChange => ({ kind: 'remove', key: { serviceLine: 'tv', customerId } })

    test('a removed record is gone, with its keys and terms', async () => {
      const more = { keys: ['k', 'k1'], terms: ['t', 't1'] }
      await put([customer('tv', '1', more), customer('tv', '2', { keys: ['k'], terms: ['t'] })])
      const outcomes = await port().write([remove('1'), remove('3')], 2000)
      expect(outcomes).toEqual({ inserted: 0, updated: 0, unchanged: 0, removed: 1, absent: 1 })
      expect(await find('k', 'k1')).toEqual(['tv 2'])
      expect(await findById('1')).toEqual([])
      expect(await port().find([{ serviceLine: 'tv', customerId: '1' }])).toEqual([])
      expect(await countTerms(['t', 't1'])).toEqual(new Map([['t', 1]]))
      expect(await port().count()).toBe(1)
    })

    test('changes of one record in one batch are made in their order', async () => {
      const first = customer('tv', '1', { keys: ['a'], terms: ['x'] })
      const second = customer('tv', '1', { document: 'new', keys: ['b'], terms: ['y'] })
      const outcomes = await port().write(
        [{ kind: 'put', record: first }, remove('1'), { kind: 'put', record: second }, remove('2')],
        2000,
      )
      expect(outcomes).toEqual({ inserted: 2, updated: 0, unchanged: 0, removed: 1, absent: 1 })
      expect(await find('a')).toEqual([])
      expect(await find('b')).toEqual(['new'])
      expect(await countTerms(['x', 'y'])).toEqual(new Map([['y', 1]]))
      expect(await port().count()).toBe(1)
      await port().write([remove('1')], 3000)
      expect(await find('b')).toEqual([])
      expect(await countTerms(['x', 'y'])).toEqual(new Map())
      expect(await port().count()).toBe(0)
    })

    test('parallel removals of one record remove it once', async () => {
      await put([customer('tv', '1', { terms: ['t'] }), customer('tv', '2')])
      const results = await race(() => port().write([remove('1')], 2000))
      expect(results.map(({ removed }) => removed).reduce((a, b) => a + b)).toBe(1)
      expect(await port().count()).toBe(1)
      expect(await countTerms(['t'])).toEqual(new Map())
    })

    test('tells which records are stored with a digest', async () => {
      await put([customer('tv', '1'), customer('mobile', '1', { digest: 'digest-2' })])
      const asked = [customer('tv', '1'), customer('mobile', '1'), customer('tv', '2')]
      expect(await port().unchanged(asked)).toEqual(new Set(['tv:1']))
      expect(await port().unchanged([])).toEqual(new Set())
    })
  }

  const describeNoting = () => {
    const all = () => port().notedChanges({ limit: 10 })
    const noted = async () => (await all()).map(({ id: _, ...change }) => change)
    const key = { serviceLine: 'tv', customerId: '1' } as const

    test('notes what was updated or removed, with what stood there before, the oldest first', async () => {
      await put([customer('tv', '1'), customer('tv', '2'), customer('tv', '3')])
      await put([customer('tv', '3')], 1500)
      expect(await noted()).toEqual([])
      await port().write([{ kind: 'remove', key: { serviceLine: 'tv', customerId: '2' } }], 3000)
      await put([customer('tv', '1', { document: 'new', digest: 'digest-2' })], 2000)
      const first = { ...key, at: 2000, former: 'tv 1', fresh: false }
      expect(await noted()).toEqual([first, { ...first, customerId: '2', at: 3000, former: 'tv 2' }])
      const [one, two] = await all()
      expect(await port().notedChanges({ limit: 1 })).toEqual([one])
      expect(await port().notedChanges({ limit: 9, ...(one && { after: one }) })).toEqual([two])
      expect(await port().notedChanges({ limit: 9, ...(two && { after: two }) })).toEqual([])
    })

    test('of many changes the state before the first stays', async () => {
      await put([customer('tv', '1')])
      for (const [at, version] of [2000, 3000, 4000].entries()) {
        await put([customer('tv', '1', { document: `v${at}`, digest: `${version}` })], version)
      }
      expect(await noted()).toEqual([{ ...key, at: 4000, former: 'tv 1', fresh: false }])
    })

    test('a new record is noted only when it is watched', async () => {
      await port().write(
        [
          { kind: 'put', record: customer('tv', '1'), watched: true },
          { kind: 'put', record: customer('tv', '2'), watched: false },
        ],
        2000,
      )
      expect(await noted()).toEqual([{ ...key, at: 2000, former: 'tv 1', fresh: true }])
      await port().write([{ kind: 'remove', key }], 3000)
      expect(await noted()).toEqual([{ ...key, at: 3000, former: 'tv 1', fresh: true }])
    })

    test('what was looked at is forgotten, unless it changed meanwhile', async () => {
      await put([customer('tv', '1'), customer('tv', '2')])
      await put([customer('tv', '1', { digest: 'digest-2' }), customer('tv', '2', { digest: 'digest-2' })], 2000)
      const seen = await all()
      await put([customer('tv', '2', { digest: 'digest-3' })], 2000)
      await port().settleChanges(seen)
      expect((await noted()).map(({ customerId }) => customerId)).toEqual(['2'])
      await port().settleChanges([])
      await port().settleChanges(await all())
      expect(await noted()).toEqual([])
    })
  }

  describe('customers', () => {
    describeWriting()
    describeRemoving()
    describeNoting()
    describeFinding()
  })
}
