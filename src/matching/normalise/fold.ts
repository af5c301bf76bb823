/** Letters that Unicode decomposition leaves alone although people type them without their stroke or ligature. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ß: 'ss',
  ı: 'i',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
}

/** What Windows-1252 shows for the bytes 0x80 to 0x9f; a dot where it shows nothing. */
const WINDOWS = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ'

/** A lead byte of UTF-8 followed by its continuation, both read as Latin-1 or Windows-1252: "Ã©" for "é", "ÅŸ" for "ş". */
const MOJIBAKE = /[\u00c2-\u00c5][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/g

const byteOf = (character: string): number => {
  const shown = WINDOWS.indexOf(character)
  return shown < 0 ? character.charCodeAt(0) : 0x80 + shown
}

/** Reads back what a system misread on the way in; only pairs that together are one letter. */
const restoreLetters = (text: string): string =>
  text.replace(MOJIBAKE, ([lead = '', tail = '']) =>
    String.fromCharCode(((lead.charCodeAt(0) & 0x1f) << 6) | (byteOf(tail) & 0x3f)),
  )

/** What stands for a letter that a system could not write: "Fran?ois", also as the replacement character. */
const LOST_LETTER = '?'

/** Whether a folded name lacks a letter, so that in this form nobody bears it. */
export const lacksLetter = (name: string): boolean => name.includes(LOST_LETTER)

/** Most texts: there is nothing to fold but capitals. */
const PLAIN = /^[ -~]*$/

/**
 * Lower case without diacritics: "Françoise Łøß" becomes "francoise loss". Everything that is no letter stays.
 * @see Unicode Standard Annex 15 (NFKD)
 */
export const fold = (text: string): string =>
  PLAIN.test(text)
    ? text.toLowerCase()
    : restoreLetters(text)
        .toLowerCase()
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .replace(/[ßıøæœđðłþ]/g, letter => UNDECOMPOSED[letter] as string)

const VOWEL = /[aeiouy]/
const LOOKALIKES: Readonly<Record<string, string>> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 6: 'g', 8: 'b' }

/**
 * Turns digits inside a folded name back into the letters they were read from: "j0zef" is "jozef", "mar1a" is "maria",
 * "pau1" is "paul". A "1" after a vowel, or before one at the beginning, is an l; elsewhere it is an i.
 */
export const digitsToLetters = (word: string): string =>
  word.replace(/\d/g, (digit, at: number) => {
    if (digit !== '1') return LOOKALIKES[digit] ?? ''
    const neighbour = at === 0 ? word.charAt(1) : word.charAt(at - 1)
    return VOWEL.test(neighbour) ? 'l' : 'i'
  })

/**
 * Words of folded letters and digits; an apostrophe glues ("d'hondt" is one word), everything else parts. A lost letter
 * stays one, as `?`, however many bytes it had.
 */
export const wordsOf = (text: string): string[] =>
  fold(text)
    .replace(/['’`´]/g, '')
    .replace(/[?\ufffd]+/g, LOST_LETTER)
    .split(/[^a-z0-9?]+/)
    .filter(word => /[a-z0-9]/.test(word))
