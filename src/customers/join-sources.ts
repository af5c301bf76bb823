import { customerKeyOf } from '#src/kernel/customer.ts'
import type { Candidate, CustomerSource, TermCounts } from './port.ts'

/** Each record once: the source that is named first counts. */
const distinct = (candidates: readonly Candidate[]): readonly Candidate[] => [
  ...new Map(candidates.toReversed().map(candidate => [customerKeyOf(candidate.record), candidate])).values(),
]

/** The rule of three: of what is not seen among n there may still be 3 in n, with 95 % confidence. */
const UNSEEN = 3

/**
 * Adds up what sources count. One that cannot count names tells only how large it is: its records are taken to bear each
 * name as often as those of the others do, and a name that is not seen there as often as it then may be, so that a name
 * seems no rarer than it is.
 */
const addCounts = (terms: readonly string[], all: readonly TermCounts[]): TermCounts => {
  const counts = new Map<string, number>()
  const counted = all.filter(one => one.counted !== false)
  for (const [term, count] of counted.flatMap(one => [...one.counts])) counts.set(term, (counts.get(term) ?? 0) + count)
  const totalOf = (some: readonly TermCounts[]): number => some.reduce((sum, { total }) => sum + total, 0)
  const total = totalOf(all)
  const known = totalOf(counted)
  if (known === 0) return { total, counts, counted: false }
  if (known === total) return { total, counts }
  const scale = total / known
  const estimate = (term: string): number => Math.ceil(Math.max(UNSEEN, counts.get(term) ?? 0) * scale)
  return { total, counts: new Map([...terms, ...counts.keys()].map(term => [term, estimate(term)])) }
}

/**
 * Several sources as one, asked at the same time. A search that one of them did not answer in full is not complete,
 * whatever the others found: the rival may be there.
 */
export const joinSources = (sources: readonly CustomerSource[]): CustomerSource => {
  const [only] = sources
  if (only !== undefined && sources.length === 1) return only
  return {
    id: sources.map(({ id }) => id).join('+'),

    findCandidates: async (probes, limitPerKey, person) => {
      const sets = await Promise.all(sources.map(source => source.findCandidates(probes, limitPerKey, person)))
      return {
        candidates: distinct(sets.flatMap(({ candidates }) => candidates)),
        overflowed: [...new Set(sets.flatMap(({ overflowed }) => overflowed))],
        complete: sets.every(({ complete }) => complete),
      }
    },

    termCounts: async terms => addCounts(terms, await Promise.all(sources.map(source => source.termCounts(terms)))),

    findByCustomerId: async customerId =>
      distinct((await Promise.all(sources.map(source => source.findByCustomerId(customerId)))).flat()),
  }
}
