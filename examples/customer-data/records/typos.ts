import type { Random } from '#examples/customer-data/random.ts'

/** Keys beside each other on an AZERTY keyboard. */
// biome-ignore format: a keyboard, in one look
const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 'zq', b: 'vn', c: 'xv', d: 'sf', e: 'zr', f: 'dg', g: 'fh', h: 'gj', i: 'uo', j: 'hk', k: 'jl', l: 'km',
  m: 'lp', n: 'bv', o: 'ip', p: 'om', q: 'sa', r: 'et', s: 'qd', t: 'ry', u: 'yi', v: 'cb', w: 'xs', x: 'wc',
  y: 'tu', z: 'ae',
}

/** Spellings that sound alike in Dutch or French. */
const SOUNDS = [
  ['ck', 'k'],
  ['ij', 'y'],
  ['ae', 'aa'],
  ['th', 't'],
  ['ph', 'f'],
  ['eau', 'o'],
  ['dt', 't'],
  ['c', 'k'],
  ['s', 'z'],
  ['ll', 'l'],
  ['nn', 'n'],
  ['ei', 'ij'],
  ['ou', 'au'],
] as const

/** Characters a scanner takes for another. */
const SCANNED = [
  ['o', '0'],
  ['l', '1'],
  ['rn', 'm'],
  ['i', 'l'],
  ['s', '5'],
] as const

const splice = (text: string, at: number, remove: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + remove)

const mistype = (random: Random, text: string, at: number): string => {
  const letter = text.charAt(at)
  const neighbours = NEIGHBOURS[letter.toLowerCase()] ?? 'e'
  return random.pick([
    splice(text, at, 1, ''),
    splice(text, at, 0, letter.toLowerCase()),
    splice(text, at, 1, random.pick([...neighbours])),
    splice(text, at, 2, text.charAt(at + 1) + letter),
  ])
}

const replaceOne = (
  random: Random,
  text: string,
  pairs: readonly (readonly [string, string])[],
): string | undefined => {
  const fitting = pairs.filter(([from]) => text.indexOf(from, 1) > 0)
  if (fitting.length === 0) return undefined
  const [from, to] = random.pick(fitting)
  return splice(text, text.indexOf(from, 1), from.length, to)
}

/** One slip of a clerk or a scanner, never on the first letter: those are seen and put right. */
export const withTypo = (random: Random, text: string): string => {
  if (text.length < 4) return text
  const slip = random.next()
  const replaced =
    slip < 0.35 ? replaceOne(random, text, SOUNDS) : slip < 0.45 ? replaceOne(random, text, SCANNED) : undefined
  return replaced ?? mistype(random, text, random.int(1, text.length - 2))
}

/** "é" as "e", "ß" as "ss". */
export const withoutDiacritics = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss').replaceAll('ł', 'l').replaceAll('ı', 'i')

/** UTF-8 read as Latin-1 somewhere on the way: "é" as "Ã©". */
export const mojibake = (text: string): string => Buffer.from(text).toString('latin1')
