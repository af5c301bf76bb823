import type { MemorySample } from '#bench/phases/memory.ts'

/** From so many logins on their memory says something: before, caches fill. */
const ENOUGH_LOGINS = 20_000
/** What may come on top of what the first quarter left, as a share of it: a leak goes on. */
const MOST_GROWTH = 0.1

/** MiB that came on top of what was there after the first quarter of the logins. */
export const growthMiB = (samples: readonly MemorySample[], of: 'rssMiB' | 'heapMiB'): number =>
  (samples.at(-1)?.[of] ?? 0) - (samples[1]?.[of] ?? 0)

/**
 * Whether what is held stays level after the first quarter of the logins, where there were enough of them. Resident
 * memory is told only: it is what the heap once needed, and grows where the machine leaves no time to collect.
 * @returns a line for each server whose memory grows
 */
export const failedGates = (memory: Readonly<Partial<Record<string, readonly MemorySample[]>>>): readonly string[] =>
  Object.entries(memory).flatMap(([server, samples = []]) => {
    const [, first] = samples
    const logins = samples.at(-1)?.logins ?? 0
    if (first === undefined || logins < ENOUGH_LOGINS) return []
    const growth = growthMiB(samples, 'heapMiB')
    const most = first.heapMiB * MOST_GROWTH
    return growth > most
      ? [
          `${server}: ${growth.toFixed(1)} MiB more are held after ${logins} logins than after ${first.logins}, ${most.toFixed(1)} at most`,
        ]
      : []
  })
