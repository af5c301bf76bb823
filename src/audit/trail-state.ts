import { z } from 'zod'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { isChanged, noteChanged } from './own-notes.ts'

/**
 * How the audit trail was found. `at` (epoch milliseconds): when a node looked last, 0 where nobody knows. `problems`: what
 * is not as it was written, none where it is whole; `since`: when that was found first.
 */
export type TrailState = { readonly at: number; readonly problems: readonly string[]; readonly since?: number }

/**
 * `foundAt` (epoch milliseconds): when something was found last, by whichever node; another with each finding, whatever
 * the clocks of nodes say. It stays when the trail is whole again.
 */
type Kept = TrailState & { readonly foundAt?: number }

/** What a node knew of findings when it began to look. `foundAt`: the last of them, undefined for none ever. */
export type KnownFindings = { readonly foundAt: number | undefined }

/**
 * What a look at the trail brought. `whole`: all of it was looked at, from beginning to end, and nothing was found; it says
 * what was known when that began, so that what another node found meanwhile stays.
 */
export type TrailLook = { readonly at: number; readonly problems: readonly string[]; readonly whole?: KnownFindings }

const NAME = 'audit-state'
const NEVER: Kept = { at: 0, problems: [] }
/** A trail that was rewritten is told in a few lines. */
const MOST_PROBLEMS = 20
/** Tries to write over what other nodes write at the same moment. */
const TRIES = 5

const keptSchema = z.object({
  at: z.number(),
  problems: z.array(z.string()),
  since: z.number().optional(),
  foundAt: z.number().optional(),
})

/** What was kept, with its text; no state where somebody changed it. */
type Found = { readonly text: string | undefined; readonly kept: Kept | undefined }

const parse = (text: string): Kept | undefined => {
  try {
    return keptSchema.safeParse(JSON.parse(text)).data as Kept | undefined
  } catch {
    return undefined
  }
}

/** What is found stays until all of the trail was looked at after it and was whole: a look sees a part of it alone. */
const after = (before: Kept, { at, problems, whole }: TrailLook): Kept => {
  const foundAt = problems.length > 0 ? Math.max(at, (before.foundAt ?? 0) + 1) : before.foundAt
  const isWhole = problems.length === 0 && whole !== undefined && whole.foundAt === before.foundAt
  const known = isWhole ? [] : [...new Set([...before.problems, ...problems])].slice(0, MOST_PROBLEMS)
  return {
    at,
    problems: known,
    ...(known.length > 0 && { since: before.since ?? at }),
    ...(foundAt !== undefined && { foundAt }),
  }
}

/** Remembers how the trail was found, for all nodes, among the store's keys, where nobody can forge it. */
export const createTrailState = (keys: Pick<KeysPort, 'find' | 'putIfAbsent' | 'replace'>) => {
  const find = async (): Promise<Found> => {
    try {
      const text = await keys.find(NAME)
      return { text, kept: text === undefined ? NEVER : parse(text) }
    } catch (error) {
      if (!isChanged(error)) throw error
      return { text: undefined, kept: undefined }
    }
  }
  return {
    /** How the trail was found; one whose kept state was changed is broken, nobody knows since when. */
    read: async (): Promise<TrailState> => {
      const { kept } = await find()
      if (kept === undefined) return { at: 0, problems: [noteChanged(NAME)] }
      const { foundAt: _, ...state } = kept
      return state
    },
    /** What was found last; undefined where the kept state was changed. */
    known: async (): Promise<KnownFindings | undefined> => {
      const { kept } = await find()
      return kept && { foundAt: kept.foundAt }
    },
    /** Takes what was found with what was known, by compare-and-set. A kept state that was changed is left as it is. */
    note: async (look: TrailLook): Promise<void> => {
      for (let tries = 1; tries <= TRIES; tries++) {
        const { text, kept } = await find()
        if (kept === undefined) return
        if (text === undefined) await keys.putIfAbsent(NAME, JSON.stringify(NEVER))
        else if (await keys.replace(NAME, text, JSON.stringify(after(kept, look)))) return
      }
      throw new Error('how the audit trail was found is changed by others all the time')
    },
  }
}

/** Tells how the audit trail was found. @throws PiasError `store.unavailable` */
export type ReadTrailState = ReturnType<typeof createTrailState>['read']
