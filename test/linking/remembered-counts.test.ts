import { rememberCounts } from '#src/linking/remembered-counts.ts'

/** A base that counts names, and notes what it was asked. */
const createBase = (counts: Record<string, number>, total: number) => {
  const asked: (readonly string[])[] = []
  const base = { counts, total, asked }
  const termCounts = rememberCounts(async terms => {
    asked.push(terms)
    const found = terms.flatMap(term => (base.counts[term] === undefined ? [] : [[term, base.counts[term]] as const]))
    return { total: base.total, counts: new Map(found) }
  })
  return { base, termCounts }
}

test('a name is asked for once, also one that nobody bears; the number of records each time', async () => {
  const { base, termCounts } = createBase({ 'first:an': 4, 'family:maes': 2 }, 1000)
  const first = await termCounts(['first:an', 'first:nobody'])
  expect(first).toEqual({ total: 1000, counts: new Map([['first:an', 4]]) })
  base.total = 1001
  expect(await termCounts(['first:an', 'first:nobody', 'family:maes'])).toEqual({
    total: 1001,
    counts: new Map([
      ['first:an', 4],
      ['family:maes', 2],
    ]),
  })
  expect(await termCounts(['first:an'])).toEqual({ total: 1001, counts: new Map([['first:an', 4]]) })
  expect(base.asked).toEqual([['first:an', 'first:nobody'], ['family:maes'], []])
})

test.each([
  [1000, 1011],
  [1000, 989],
  [0, 1],
])('a base that went from %d to %d records counts every name anew', async (before, after) => {
  const { base, termCounts } = createBase({ 'first:an': 4 }, before)
  await termCounts(['first:an', 'first:nobody'])
  Object.assign(base, { total: after, counts: { 'first:an': 9, 'first:nobody': 7 } })
  const counts = new Map([
    ['first:an', 9],
    ['first:nobody', 7],
  ])
  expect(await termCounts(['first:an', 'first:nobody'])).toEqual({ total: after, counts })
  // These are remembered with the number they belong to.
  expect(await termCounts(['first:an', 'first:nobody'])).toEqual({ total: after, counts })
  expect(base.asked).toEqual([['first:an', 'first:nobody'], [], ['first:an', 'first:nobody'], []])
})

test('what a source says of its counting is passed on', async () => {
  const termCounts = rememberCounts(async () => ({ total: 5, counts: new Map(), counted: false }))
  expect(await termCounts(['first:an'])).toEqual({ total: 5, counts: new Map(), counted: false })
  expect(await termCounts(['first:an'])).toEqual({ total: 5, counts: new Map(), counted: false })
})
