import { createHash } from 'node:crypto'

/** Some 80 µs of computing. */
const BLOCK = Buffer.alloc(64 * 1024)

const timed = (work: () => void): number => {
  const started = performance.now()
  work()
  return performance.now() - started
}

const hashBlock = (): void => {
  createHash('sha256').update(BLOCK).digest()
}

/** Of twenty, the fastest: what a block takes when nothing interrupts it. */
const blockMs = (): number => Math.min(...Array.from({ length: 20 }, () => timed(hashBlock)))

/**
 * How long work takes that is always the same: it computes for about as long as is said, with nothing to wait for and nothing to
 * collect. What its slowest hundredth takes longer is the machine's doing, and what the machine does to it, it does to a decision.
 * @param durationMs what it takes undisturbed, about
 * @returns milliseconds each of so many took
 */
export const measureFixedWork = (durationMs: number, times: number): readonly number[] => {
  const blocks = Math.max(1, Math.round(durationMs / blockMs()))
  return Array.from({ length: times }, () =>
    timed(() => {
      for (let done = 0; done < blocks; done += 1) hashBlock()
    }),
  )
}

/** What each took at least, of several passes over the same in the same order. */
export const leastOf = (passes: readonly (readonly number[])[]): readonly number[] =>
  (passes[0] ?? []).map((_, at) => Math.min(...passes.map(times => times[at] ?? Number.POSITIVE_INFINITY)))
