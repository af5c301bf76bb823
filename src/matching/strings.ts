/** The letters of `a` that have an equal partner in `b` within the window (Jaro's matching characters), and those partners. */
const matchingLetters = (a: string, b: string): { ofA: readonly string[]; ofB: readonly string[] } => {
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Array<boolean>(b.length).fill(false)
  const ofA: string[] = []
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length - 1, i + window)
    for (let j = Math.max(0, i - window); j <= end; j++) {
      if (taken[j] === true || a[i] !== b[j]) continue
      taken[j] = true
      ofA.push(a.charAt(i))
      break
    }
  }
  const ofB: string[] = []
  for (let j = 0; j < b.length; j++) if (taken[j] === true) ofB.push(b.charAt(j))
  return { ofA, ofB }
}

const jaro = (a: string, b: string): number => {
  if (a === b) return 1
  const { ofA, ofB } = matchingLetters(a, b)
  const matches = ofA.length
  if (matches === 0) return 0
  let displaced = 0
  for (let at = 0; at < matches; at++) if (ofA[at] !== ofB[at]) displaced++
  const transpositions = displaced / 2
  return (matches / a.length + matches / b.length + (matches - transpositions) / matches) / 3
}

const PREFIX_WEIGHT = 0.1
const LONGEST_PREFIX = 4

/**
 * Jaro–Winkler similarity of two folded words, 0 (nothing in common) to 1 (equal). Symmetric: the matching is greedy
 * from the left, so the two directions may differ by a hair, and the lower one is taken.
 * @see Winkler 1990, String Comparator Metrics and Enhanced Decision Rules
 */
export const jaroWinkler = (a: string, b: string): number => {
  const similarity = Math.min(jaro(a, b), jaro(b, a))
  let prefix = 0
  while (prefix < Math.min(LONGEST_PREFIX, a.length, b.length) && a[prefix] === b[prefix]) prefix++
  return similarity + prefix * PREFIX_WEIGHT * (1 - similarity)
}

const minimumAt = (a: string, b: string, i: number, j: number, rows: readonly (readonly number[])[]): number => {
  const [before, above, current] = rows as readonly [readonly number[], readonly number[], readonly number[]]
  const cost = a[i - 1] === b[j - 1] ? 0 : 1
  const edit = Math.min((above[j] as number) + 1, (current[j - 1] as number) + 1, (above[j - 1] as number) + cost)
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
  return swapped ? Math.min(edit, (before[j - 2] as number) + 1) : edit
}

/** The parts of two words between what both begin and what both end with; their distance is that of the words. */
const differingParts = (a: string, b: string): readonly [a: string, b: string] => {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)]
}

const distanceByRows = (a: string, b: string, bound: number): number => {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) current.push(minimumAt(a, b, i, j, [before, above, current]))
    // An exchange reaches two rows back, so only two hopeless rows in a row end it.
    if (Math.min(...current) > bound && Math.min(...above) > bound) return bound + 1
    before = above
    above = current
  }
  return above[b.length] as number
}

/**
 * Damerau–Levenshtein distance (optimal string alignment: insertions, deletions, substitutions, neighbours exchanged),
 * given up as soon as it must exceed the bound.
 * @returns the distance, or `bound + 1` when it is greater than `bound`
 * @see Damerau 1964; Boytsov 2011, section 2.2
 */
export const editDistance = (a: string, b: string, bound: number): number => {
  if (Math.abs(a.length - b.length) > bound) return bound + 1
  // Nearly all pairs that are compared are far apart, or one slip: both are told by where they begin and end to differ.
  const [partA, partB] = differingParts(a, b)
  const [longer, shorter] = partA.length > partB.length ? [partA, partB] : [partB, partA]
  if (shorter === '') return longer.length
  if (longer.length === 1 || (longer.length === 2 && shorter === `${longer[1]}${longer[0]}`)) return 1
  if (bound <= 1) return bound + 1
  return Math.min(distanceByRows(partA, partB, bound), bound + 1)
}
