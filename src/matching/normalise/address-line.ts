import { fold } from './fold.ts'

/** House number with its letter, and box, as written in one place. */
export type House = { readonly number?: string | undefined; readonly box?: string | undefined }
/** An address line taken apart; `street` is folded, and otherwise as written. */
export type Line = House & { readonly street: string }

const BOX_WORD = 'bus|bte|boite|box|bt|app|appt|apt|appartement'
/** "12 bus 3", "12bus3", "12 boite 2.1", "12a bte 024". */
const NAMED_BOX = new RegExp(
  `(?<=[\\s,.\\d]|\\d[a-z]|^)(?:${BOX_WORD})(?=[\\s.:\\d])[\\s.:]*([a-z0-9]+(?:[./-][a-z0-9]+)?)$`,
)
/** "12busA": only behind a house number, for there are streets that end in these letters. */
const GLUED_BOX = /(\d\s?[a-z]?),?\s?(?:bus|bte|boite|box|bt)([a-z]\d{0,3})$/
const SLASHED_BOX = /(\d\s*[a-z]?)\s*\/\s*([a-z0-9]+(?:[.-][a-z0-9]+)?)$/
/** "12b3" and "12 b 3": a bare b stands for box only between two numbers, or apart before a letter ("12 bA"). */
const SHORT_BOX = /(\d\s?[a-z]?)\s*b\.?\s*(\d+(?:[./-]\d+)?)$/
const SHORT_LETTERED_BOX = /(\d\s?[a-z]?)\s+b\.?\s*([a-z])$/
/** "12 0201": two numbers in a row are the house and its box. */
const SPACED_BOX = /(\d+\s*[a-z]?)\s+(\d+(?:\.\d+)?)$/
const BOXES = [GLUED_BOX, SLASHED_BOX, SHORT_BOX, SHORT_LETTERED_BOX, SPACED_BOX]

const EMPTY_BOX = /[\s,.]+(?:bus|bte|boite|box)[\s.:]*$/
/** "3e verd.", "1er étage", "rez-de-chaussée": the floor, which the box says better. */
const FLOOR =
  /[\s,]+(?:\d{1,2}\s?(?:e|er|de|ste|eme|ieme)\s*(?:verd(?:ieping)?|etage|et)|gelijkvloers|glv|gv|rdc|rez(?:[\s-]de[\s-]chaussee)?)\.?$/
/** "Wetstraat(BRU) 16": the register marks streets of one name by their commune. */
const REMARK = /\([^)]*\)/g
/** "8/B" and "6/B bus 3": a letter behind the slash is the house's, as far as anybody can tell. */
const SLASHED_LETTER = /(\d)\/([a-z])(?=\s|$)/
const TRAILING_NUMBER =
  /(?:^|[\s,.]|(?<=[a-z]{4}))(?:nr|n°|no|nummer|numero)?[\s.]*(\d+)\s*(bis|ter|[a-z]?)(?:\s*-\s*\d+\s*[a-z]?)?\s*$/
const LEADING_NUMBER = /^(\d+)\s*([a-z]?)[\s,]+(?=[a-z]{2})/

/** A box without the word for it and without leading zeros: "b 3", "bus 003" and "/3" are `3`. */
export const tidyBox = (box: string): string =>
  box
    .replace(/[^a-z0-9]/g, '')
    .replace(new RegExp(`^(?:${BOX_WORD}|b)(?=.)`), '')
    .replace(/^0+(?=.)/, '')

/** Takes the box off the end of a line: "12 bus 3", "12 bte 3", "12/3", "12b3", "12 0201". */
const splitBox = (line: string): { rest: string; box?: string } => {
  const named = NAMED_BOX.exec(line)
  if (named !== null)
    return { rest: line.slice(0, named.index).replace(/[\s,.]+$/, ''), box: tidyBox(named[1] as string) }
  for (const pattern of BOXES) {
    const found = pattern.exec(line)
    if (found !== null) return { rest: line.slice(0, found.index) + found[1], box: tidyBox(found[2] as string) }
  }
  return { rest: line }
}

const houseNumber = (digits: string, letter: string): string => digits.replace(/^0+(?=.)/, '') + letter

/** Longer than any address line is: such a text is not taken apart, for that takes time beyond proportion. */
const LONGEST_LINE = 250

/** Takes postal code and place off the end of a line that holds the whole address: "Kerkstraat 32, 9000 Gent". */
const withoutPlace = (line: string, postalCode: string | undefined): string => {
  const found = /^(.*\d.*?)[\s,-]+(?:be?-?)?(\d{4})\s+[a-z][^\d]+$/.exec(line)
  return found !== null && found[2] === postalCode ? (found[1] as string) : line
}

/**
 * Splits "Zennestraat 32 bus 20" (also "12, rue de la Loi") into street, house number and box.
 * @param postalCode of the same address: a line that holds it is the whole address
 */
export const splitLine = (text: string, postalCode?: string): Line => {
  if (text.length > LONGEST_LINE) return { street: fold(text) }
  const folded = withoutPlace(fold(text).replace(REMARK, ' ').trim(), postalCode)
  const { rest, box } = splitBox(
    folded.replace(EMPTY_BOX, '').replace(FLOOR, '').replace(SLASHED_LETTER, '$1$2').trim(),
  )
  const trailing = TRAILING_NUMBER.exec(rest)
  const leading = trailing === null ? LEADING_NUMBER.exec(rest) : null
  const found = trailing ?? leading
  // Without a house number what looked like a box was part of the street's name.
  if (found === null) return { street: folded }
  const street = trailing === null ? rest.slice(found[0].length) : rest.slice(0, found.index)
  return { street, number: houseNumber(found[1] as string, found[2] as string), box }
}
