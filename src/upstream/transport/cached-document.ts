import type { Clock } from '#src/kernel/runtime.ts'

/** Without any copy there is nothing to answer with, so trying again comes sooner. In milliseconds. */
const COLD_RETRY_MS = 5_000

/**
 * How a document is kept, in milliseconds: not asked for again while it is younger than `freshMs`, nor before `retryMs`
 * have passed since the last try; and a copy of up to `staleMs` serves while no new one can be had.
 */
export type Freshness = { readonly freshMs: number; readonly retryMs: number; readonly staleMs: number }

/**
 * A document of somebody else, kept and refreshed at a bounded rate: the metadata or the keys of an upstream.
 * At most one request is under way; who comes meanwhile waits for that one.
 * @param options.load gets a new copy, or throws
 * @param options.onFailure told of each failed refresh, and whether an older copy serves instead
 * @returns a function that gives the document, and throws what `load` threw when there is none
 */
export const createCachedDocument = <T>(options: {
  load: () => Promise<T>
  clock: Clock
  freshness: Freshness
  onFailure: (error: unknown, hasCopy: boolean) => void
}): (() => Promise<T>) => {
  const { load, clock, freshness, onFailure } = options
  let copy: { readonly value: T; readonly loadedAt: number } | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let failure: unknown
  let loading: Promise<void> | undefined

  const copyYoungerThan = (ms: number) => (copy !== undefined && clock() - copy.loadedAt < ms ? copy : undefined)

  const refresh = async (): Promise<void> => {
    triedAt = clock()
    try {
      copy = { value: await load(), loadedAt: clock() }
    } catch (error) {
      failure = error
      onFailure(error, copyYoungerThan(freshness.staleMs) !== undefined)
    } finally {
      loading = undefined
    }
  }

  return async () => {
    const fresh = copyYoungerThan(freshness.freshMs)
    if (fresh !== undefined) return fresh.value
    const pause = copy === undefined ? COLD_RETRY_MS : freshness.retryMs
    if (loading !== undefined || clock() - triedAt >= pause) {
      loading ??= refresh()
      await loading
    }
    const usable = copyYoungerThan(freshness.staleMs)
    if (usable !== undefined) return usable.value
    throw failure
  }
}
