import { type BenchOptions, COUNTING_WARMUP } from '#bench/options.ts'

const range = (from: number, length: number): number[] => Array.from({ length }, (_, index) => from + index)

/** Who takes part in what: on one server nobody logs in for the first time twice. */
export const planPersonas = ({ warmup, rounds, logins, counted, loginsForMemory }: BenchOptions) => {
  const counting = warmup + rounds * logins
  const memory = counting + COUNTING_WARMUP + counted
  return {
    warmup: range(0, warmup),
    round: (round: number): number[] => range(warmup + round * logins, logins),
    countingWarmup: range(counting, COUNTING_WARMUP),
    counting: range(counting + COUNTING_WARMUP, counted),
    /** In as many steps. */
    memory: (steps: number): number[][] => {
      const ends = Array.from({ length: steps + 1 }, (_, step) => Math.round((loginsForMemory * step) / steps))
      return ends.slice(1).map((end, step) => range(memory + (ends[step] ?? 0), end - (ends[step] ?? 0)))
    },
  }
}

export type Personas = ReturnType<typeof planPersonas>
