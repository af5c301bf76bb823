import type { Clock } from '#src/kernel/runtime.ts'

/** Without any copy there is nothing to answer with, so trying again comes sooner. In milliseconds. */
const COLD_RETRY_MS = 5_000

/**
 * A document of somebody else that is kept and refreshed at a bounded rate: the metadata or the keys of an upstream.
 * At most one request is under way; after a failure the last good copy serves until it is `staleMs` old, and nobody
 * asks again before `retryMs`. Times are in milliseconds.
 * @param options.load gets a new copy, or throws
 * @param options.onFailure told of each failed refresh
 * @returns a function that gives the document, and throws what `load` threw when there is none
 */
export const createCachedDocument = <T>(options: {
  load: () => Promise<T>
  clock: Clock
  freshMs: number
  retryMs: number
  staleMs: number
  onFailure: (error: unknown, hasCopy: boolean) => void
}): (() => Promise<T>) => {
  const { load, clock, freshMs, retryMs, staleMs, onFailure } = options
  let copy: { value: T; loadedAt: number } | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let failure: unknown
  let loading: Promise<void> | undefined

  const refresh = async (): Promise<void> => {
    triedAt = clock()
    try {
      copy = { value: await load(), loadedAt: clock() }
    } catch (error) {
      failure = error
      onFailure(error, copy !== undefined)
    } finally {
      loading = undefined
    }
  }

  const younger = (ms: number) => copy !== undefined && clock() - copy.loadedAt < ms

  return async () => {
    if (copy !== undefined && younger(freshMs)) return copy.value
    const pause = copy === undefined ? COLD_RETRY_MS : retryMs
    if (loading !== undefined || clock() - triedAt >= pause) {
      loading ??= refresh()
      await loading
    }
    if (copy !== undefined && younger(staleMs)) return copy.value
    throw failure
  }
}
