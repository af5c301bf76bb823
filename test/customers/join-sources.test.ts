import { httpSourceSchema } from '#src/customers/http/config.ts'
import { createHttpSource } from '#src/customers/http/http-source.ts'
import { joinSources } from '#src/customers/join-sources.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { LOTTE, lotteIn } from '#test/linking/people.ts'
import { type Linking, openLinking, verified } from '#test/linking/support.ts'
import { type AskedSystem, startAskedSystem } from '#test/support/asked-system.ts'
import { recordForm } from '#test/support/record-form.ts'

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const CONTEXT = { clientId: 'app', attemptUid: 'attempt' }

describe('a login matched against the feed and a system', () => {
  let system: AskedSystem
  let linking: Linking

  beforeEach(async () => {
    system = await startAskedSystem({ body: { complete: true, records: [lotteIn('tv')] } })
    const http = createHttpSource({
      config: httpSourceSchema.parse({
        kind: 'http',
        id: 'tv-system',
        url: system.url,
        serviceLine: 'tv',
        send: 'claims',
        token: 'a-token-of-some-length',
        records: 1000,
        deadlineMs: 20_000,
        cacheSeconds: 0,
      }),
      toComparablePerson: recordForm.toComparablePerson,
      clock: Date.now,
      logger: SILENT,
    })
    linking = await openLinking([lotteIn('mobile')], { source: stored => joinSources([stored, http]) })
  })
  afterEach(() => Promise.all([system.close(), linking.close()]))

  const ownedBy = async () => (await linking.store.accounts.ownersOf([lotteIn('mobile'), lotteIn('tv')])).size

  test('links the records of both', async () => {
    expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'linked' })
    expect(await ownedBy()).toBe(2)
  })

  test.each([
    ['does not answer', 'hang-up'],
    ['answers in part', { body: { complete: false, records: [lotteIn('tv')] } }],
  ] as const)('links nothing, of the feed neither, when the system %s', async (_, reply) => {
    system.answer(reply)
    expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'unresolved' })
    expect(await ownedBy()).toBe(0)
    expect((await linking.events()).at(-1)).toMatchObject({ data: { outcome: 'confirm', margins: ['incomplete'] } })
  })

  test('a proof by a record of the system links it', async () => {
    const answer = { customerId: 'L-tv', invoiceReference: 'INV-tv/001' }
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, answer)).toMatchObject({ kind: 'proved' })
  })

  test('a proof is not called wrong while the system does not answer', async () => {
    system.answer('hang-up')
    const answer = { customerId: 'L-tv', invoiceReference: 'INV-tv/001' }
    const proving = linking.proveCustomer(verified(LOTTE), CONTEXT, answer)
    await expect(proving).rejects.toMatchObject({ code: 'store.unavailable' })
  })
})

describe('joined sources', () => {
  const source = (id: string, parts: Partial<CustomerSource>): CustomerSource => ({
    id,
    findCandidates: async () => ({ candidates: [], overflowed: [], complete: true }),
    termCounts: async () => ({ total: 0, counts: new Map() }),
    findByCustomerId: async () => [],
    ...parts,
  })
  const candidate = (changes: object) => {
    const record = lotteIn('tv', changes)
    return { record, person: recordForm.toComparablePerson(record) }
  }
  const first = candidate({ firstName: 'Lotte' })
  const second = candidate({ firstName: 'Charlotte' })

  test('a record that several have counts as the first has it; what overflowed anywhere did', async () => {
    const joined = joinSources([
      source('a', { findCandidates: async () => ({ candidates: [first], overflowed: ['k'], complete: true }) }),
      source('b', { findCandidates: async () => ({ candidates: [second], overflowed: ['k', 'l'], complete: true }) }),
    ])
    expect(joined.id).toBe('a+b')
    expect(await joined.findCandidates([], 1, first.person)).toEqual({
      candidates: [first],
      overflowed: ['k', 'l'],
      complete: true,
    })
  })

  test('names are as frequent in what cannot be counted as in what can', async () => {
    const counted = source('a', { termCounts: async () => ({ total: 1000, counts: new Map([['first:an', 11]]) }) })
    const other = source('b', { termCounts: async () => ({ total: 200, counts: new Map([['first:an', 4]]) }) })
    const blind = source('c', { termCounts: async () => ({ total: 600, counts: new Map(), counted: false }) })
    expect(await joinSources([counted, other]).termCounts([])).toEqual({
      total: 1200,
      counts: new Map([['first:an', 15]]),
    })
    expect(await joinSources([counted, other, blind]).termCounts([])).toEqual({
      total: 1800,
      counts: new Map([['first:an', 23]]),
    })
    expect(await joinSources([blind, blind]).termCounts([])).toEqual({
      total: 1200,
      counts: new Map(),
      counted: false,
    })
  })

  test('a name that is not seen in what can be counted may stand in what cannot', async () => {
    const counted = source('a', { termCounts: async () => ({ total: 20_000, counts: new Map([['first:an', 2]]) }) })
    const blind = source('b', { termCounts: async () => ({ total: 3_000_000, counts: new Map(), counted: false }) })
    const { counts } = await joinSources([counted, blind]).termCounts(['first:lotta', 'first:an'])
    expect(counts).toEqual(
      new Map([
        ['first:lotta', 453],
        ['first:an', 453],
      ]),
    )
    // All of it counted: nobody is called so.
    expect((await joinSources([counted, counted]).termCounts(['first:lotta'])).counts.has('first:lotta')).toBe(false)
  })

  test('one source is itself', () => {
    const only = source('a', {})
    expect(joinSources([only])).toBe(only)
  })
})
