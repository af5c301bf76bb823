import { quantile } from '#bench/report/statistics.ts'

/** 64 MiB: about as much as the objects lie in that a process makes and drops while it decides. */
const WORDS = 16 * 1024 * 1024
/** Some 100 µs of work. */
const STEPS = 1000

const timed = (work: () => void): number => {
  const started = performance.now()
  work()
  return performance.now() - started
}

/**
 * Reads and writes all over its memory, in an order that no cache foresees. It makes no object, so there is nothing to
 * collect: hashing, for one, leaves a native object behind each time, and collecting these takes longer than the work.
 */
const createWalk = (): (() => void) => {
  const memory = new Int32Array(WORDS).fill(1)
  let at = 1
  return () => {
    for (let step = 0; step < STEPS; step += 1) {
      // https://en.wikipedia.org/wiki/Linear_congruential_generator, with the numbers of Numerical Recipes
      at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0
      const word = at % WORDS
      memory[word] = (memory[word] as number) ^ at
    }
  }
}

/** Many enough that neither a moment in which the machine is slow nor one in which it is fast tells. */
const LOOKS = 2000

const blockMs = (walk: () => void): number =>
  quantile(
    Array.from({ length: LOOKS }, () => timed(walk)),
    0.5,
  )

/**
 * How long work takes that is always the same: it goes about in memory for about as long as is said, with nothing to wait for
 * and nothing to collect. What its slowest hundredth takes longer is the machine's doing, and what the machine does to it, it
 * does to a decision.
 * @param durationMs what it takes undisturbed, about
 * @returns milliseconds each of so many took
 */
export const measureFixedWork = (durationMs: number, times: number): readonly number[] => {
  const walk = createWalk()
  // Once in vain, for until then it is not compiled.
  blockMs(walk)
  const blocks = Math.max(1, Math.round(durationMs / blockMs(walk)))
  return Array.from({ length: times }, () =>
    timed(() => {
      for (let done = 0; done < blocks; done += 1) walk()
    }),
  )
}

/** What each took at least, of several passes over the same in the same order. */
export const leastOf = (passes: readonly (readonly number[])[]): readonly number[] =>
  (passes[0] ?? []).map((_, at) => Math.min(...passes.map(times => times[at] ?? Number.POSITIVE_INFINITY)))
