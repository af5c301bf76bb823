import type { Candidate } from '#src/customers/port.ts'
import { createMatchIdentity } from '#src/linking/match-identity.ts'
import { recordForm } from '#test/support/record-form.ts'
import { LOTTE, lotteIn } from './people.ts'
import { MATCHING, verified } from './support.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A source in which nobody is found, and the names that it was asked for. */
const createSource = () => {
  const asked: (readonly string[])[] = []
  const source = {
    id: 'nobody',
    findCandidates: async () => ({ candidates: [], overflowed: [], complete: true }),
    termCounts: async (terms: readonly string[]) => {
      asked.push(terms)
      return { total: 1000, counts: new Map(terms.map(term => [term, 3])) }
    },
    findByCustomerId: async () => [],
  }
  return { source, asked }
}

const record = lotteIn('mobile')
const candidate: Candidate = { record, person: recordForm.toComparablePerson(record) }

test('a search remembers how frequent names are; what a proof adds is asked for each time, so that it tells nothing', async () => {
  const { source, asked } = createSource()
  const matcher = createMatchIdentity({ source, matching: MATCHING, logger: silent })
  const first = await matcher.search(verified(LOTTE))
  const second = await matcher.search(verified(LOTTE))
  expect(second.termCounts).toEqual(first.termCounts)
  expect(asked.map(terms => terms.length > 0)).toEqual([true, false])

  for (const _ of [1, 2]) await matcher.add(second, [candidate])
  await matcher.add(second, [])
  const [, , once, again, nothing] = asked
  expect(once?.length).toBeGreaterThan(0)
  expect(again).toEqual(once)
  expect(nothing).toEqual([])
})
