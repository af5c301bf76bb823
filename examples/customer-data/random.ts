/** A seeded source of choices. All methods take from one stream, so their order is part of the result. */
export type Random = {
  /** In [0, 1). */
  readonly next: () => number
  /** A whole number, both ends included. */
  readonly int: (min: number, max: number) => number
  /** True with this probability. */
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
  /** Like `pick`, but the first entries are likelier: weight 1/(rank + flatness), as names are spread. */
  readonly pickRanked: <T>(list: readonly T[], flatness?: number) => T
  readonly weighted: <T extends { readonly weight: number }>(list: readonly T[]) => T
  readonly digits: (count: number) => string
}

/** xmur3: four 32-bit words from a text, to seed sfc32. */
const words = (text: string): [number, number, number, number] => {
  let h = 1779033703 ^ text.length
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353)
    h = (h << 13) | (h >>> 19)
  }
  const word = (): number => {
    h = Math.imul(h ^ (h >>> 16), 2246822507)
    h = Math.imul(h ^ (h >>> 13), 3266489909)
    h ^= h >>> 16
    return h >>> 0
  }
  return [word(), word(), word(), word()]
}

/** sfc32 (PractRand, public domain): 128 bits of state, 32-bit integer operations only, so the same on every machine. */
const sfc32 = (text: string): (() => number) => {
  let [a, b, c, d] = words(text)
  return () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    c |= 0
    return (t >>> 0) / 4294967296
  }
}

const at = <T>(list: readonly T[], index: number): T => {
  if (list.length === 0) throw new Error('nothing to pick from')
  // Absent may be among the choices, so only the length tells whether there is one.
  return list[index] as T
}

const pickByWeight = <T extends { readonly weight: number }>(list: readonly T[], share: number): T => {
  let left = share * list.reduce((sum, { weight }) => sum + weight, 0)
  const found = list.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  return found ?? at(list, list.length - 1)
}

/** Sums of the weights 1/(rank + flatness) of a list, by its length: drawing from long lists would be slow otherwise. */
const rankedSums = new Map<string, readonly number[]>()

const sumsFor = (length: number, flatness: number): readonly number[] => {
  const key = `${length}/${flatness}`
  const known = rankedSums.get(key)
  if (known) return known
  let total = 0
  const sums = Array.from({ length }, (_, rank) => {
    total += 1 / (rank + flatness)
    return total
  })
  rankedSums.set(key, sums)
  return sums
}

/** The first index whose sum lies above the share of the total. */
const rankAt = (sums: readonly number[], share: number): number => {
  const target = share * (sums.at(-1) ?? 0)
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) > target) high = middle
    else low = middle + 1
  }
  return low
}

/** @param seed any text; equal seeds give equal streams, others are independent */
export const createRandom = (seed: string): Random => {
  const next = sfc32(seed)
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next()
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    chance: probability => next() < probability,
    pick: list => at(list, int(0, list.length - 1)),
    pickRanked: (list, flatness = 4) => at(list, rankAt(sumsFor(list.length, flatness), next())),
    weighted: list => pickByWeight(list, next()),
    digits: count => Array.from({ length: count }, () => int(0, 9)).join(''),
  }
}
