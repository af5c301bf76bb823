import type { KeysPort } from '#src/store/ports/keys.ts'

/**
 * How the audit trail was found. `at` (epoch milliseconds): when a node looked last, 0 for never. `problems`: what is not
 * as it was written, none where it is whole; `since`: when that was found first.
 */
export type TrailState = { readonly at: number; readonly problems: readonly string[]; readonly since?: number }

/** What a look at the trail brought. `isAll`: nothing was found since it was last looked at from its beginning to its end. */
export type TrailLook = { readonly at: number; readonly problems: readonly string[]; readonly isAll: boolean }

const NAME = 'audit-state'
const NEVER: TrailState = { at: 0, problems: [] }
/** A trail that was rewritten is told in a few lines. */
const MOST_PROBLEMS = 20

/** What is found stays until all of the trail was looked at and was whole: a look sees a part of it alone. */
const after = (before: TrailState, { at, problems, isAll }: TrailLook): TrailState => {
  if (isAll) return { at, problems: [] }
  const known = [...new Set([...before.problems, ...problems])].slice(0, MOST_PROBLEMS)
  return known.length === 0 ? { at, problems: [] } : { at, problems: known, since: before.since ?? at }
}

/** Remembers how the trail was found, for all nodes, among the store's keys, where nobody can forge it. */
export const createTrailState = (keys: Pick<KeysPort, 'find' | 'putIfAbsent' | 'replace'>) => {
  const read = async (): Promise<TrailState> => {
    const text = await keys.find(NAME)
    return text === undefined ? NEVER : (JSON.parse(text) as TrailState)
  }
  return {
    read,
    /** Takes what was found with what was known. One node looks at a time: what another wrote meanwhile stays. */
    note: async (look: TrailLook): Promise<void> => {
      const text = await keys.putIfAbsent(NAME, JSON.stringify(NEVER))
      await keys.replace(NAME, text, JSON.stringify(after(JSON.parse(text) as TrailState, look)))
    },
  }
}

/** Tells how the audit trail was found. @throws PiasError `store.unavailable` */
export type ReadTrailState = ReturnType<typeof createTrailState>['read']
