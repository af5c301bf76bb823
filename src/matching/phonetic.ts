/** Spellings that sound alike in Dutch or French as spoken in Belgium; applied in this order. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/eaux?/g, 'o'],
  [/e?ij|ey|ei|uy|ui/g, 'i'],
  [/ph/g, 'f'],
  [/sch/g, 'sk'],
  [/c(?=[eiy])/g, 's'],
  [/ck|ch|cq|qu|[cq]/g, 'k'],
  [/x/g, 'ks'],
  [/gh/g, 'g'],
  [/dt|th|d$/g, 't'],
  [/v/g, 'f'],
  [/z/g, 's'],
  [/[aeiouyh]/g, ''],
  [/(.)\1+/g, '$1'],
]

/**
 * A Dutch/French phonetic code: the consonants of a folded name in one spelling, vowels dropped, so that "Declercq" and
 * "De Klerk" share `dklrk`. For finding candidates only, never for comparing them.
 * A name of nothing but vowels is its own first letter.
 * @see docs/matching.md
 */
export const phoneticCode = (name: string): string => {
  const code = SOUNDS.reduce((text, [spelling, sound]) => text.replace(spelling, sound), name.replace(/[^a-z]/g, ''))
  return code === '' ? name.charAt(0) : code
}
