import type { CustomerSource } from '#src/customers/port.ts'
import { createBoundedCache } from '#src/kernel/bounded-cache.ts'

/** A large base has some hundred thousand names, and few of them are on most records. */
const MOST_TERMS = 50_000
const REMEMBERED_MS = 60_000
/** By what part a base may have grown or shrunk since a name was counted. */
const MOST_MOVED = 0.01

/** How many records bore a name, and how many there were in all. */
type Counted = { readonly count: number; readonly total: number }

const hasMoved = (before: number, now: number): boolean => Math.abs(now - before) > MOST_MOVED * Math.max(before, now)

/**
 * Counts of names that may be a minute old, since most names of a decision were asked for by others just before. The number of all
 * records is asked for each time: where it has moved by more than a hundredth, as in a first import, every name is counted
 * anew, for a name that is taken for rarer than it is would link too easily (ADR 0101).
 * @throws PiasError `store.unavailable`
 */
export const rememberCounts = (termCounts: CustomerSource['termCounts']): CustomerSource['termCounts'] => {
  const counted = createBoundedCache<string, Counted>({ max: MOST_TERMS, maxAgeMs: REMEMBERED_MS })

  const ask: typeof termCounts = async terms => {
    const found = await termCounts(terms)
    for (const term of terms) counted.set(term, { count: found.counts.get(term) ?? 0, total: found.total })
    return found
  }

  return async terms => {
    const known = new Map(
      terms.flatMap(term => {
        const remembered = counted.get(term)
        return remembered === undefined ? [] : [[term, remembered] as const]
      }),
    )
    const fresh = await ask(terms.filter(term => !known.has(term)))
    const outdated = [...known].filter(([, { total }]) => hasMoved(total, fresh.total)).map(([term]) => term)
    const again = outdated.length === 0 ? undefined : await ask(outdated)
    for (const term of outdated) known.delete(term)
    const remembered = [...known].flatMap(([term, { count }]) => (count === 0 ? [] : [[term, count] as const]))
    return { ...fresh, counts: new Map([...remembered, ...fresh.counts, ...(again?.counts ?? [])]) }
  }
}
