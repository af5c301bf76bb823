import type { ComparableAddress, CustomerAddress } from '#src/kernel/customer.ts'
import type { IdentityAddress } from '#src/kernel/identity.ts'
import { BRUSSELS_STREETS } from './brussels-streets.ts'
import { fold, wordsOf } from './fold.ts'
import { LOCALITIES, STREET_ARTICLES, STREET_SUFFIX, STREET_TYPES, STREET_WORDS } from './street-names.ts'

type House = { readonly number?: string | undefined; readonly box?: string | undefined }
type Line = House & { readonly street: string }

const BOX = /(?<=[\s,.\d]|^)(?:bus|bte|boite|box)(?=[\s.:\d])[\s.:]*([a-z0-9]+(?:[./-][a-z0-9]+)?)$/
const EMPTY_BOX = /[\s,.]+(?:bus|bte|boite|box)[\s.:]*$/
const SLASHED_BOX = /(\d\s*[a-z]?)\s*\/\s*([a-z0-9]+)$/
/** "12b3" and "12 b 3": a bare b stands for box only between two numbers. */
const SHORT_BOX = /(\d)\s*b\.?\s*(\d+)$/
/** "12 0201": two numbers in a row are the house and its box. */
const SPACED_BOX = /(\d+\s*[a-z]?)\s+(\d+)$/
const TRAILING_NUMBER = /(?:^|[\s,.])(?:nr|n°|no|nummer|numero)?[\s.]*(\d+)\s*([a-z]?)(?:\s*-\s*\d+\s*[a-z]?)?\s*$/
const LEADING_NUMBER = /^(\d+)\s*([a-z]?)[\s,]+(?=[a-z]{2})/

const tidyBox = (box: string): string =>
  box
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(?:bus|bte|boite|box)/, '')
    .replace(/^0+(?=.)/, '')

/** Takes the box off the end of a line: "12 bus 3", "12 bte 3", "12/3", "12b3", "12 0201". */
const splitBox = (line: string): { rest: string; box?: string } => {
  const named = BOX.exec(line)
  if (named !== null)
    return { rest: line.slice(0, named.index).replace(/[\s,.]+$/, ''), box: tidyBox(named[1] as string) }
  for (const pattern of [SLASHED_BOX, SHORT_BOX, SPACED_BOX]) {
    const found = pattern.exec(line)
    if (found !== null) return { rest: line.slice(0, found.index) + found[1], box: tidyBox(found[2] as string) }
  }
  return { rest: line }
}

const houseNumber = (digits: string, letter: string): string => digits.replace(/^0+(?=.)/, '') + letter

/** Splits "Zennestraat 32 bus 20" (also "12, rue de la Loi") into street, house number and box. */
const splitLine = (text: string): Line => {
  const { rest, box } = splitBox(fold(text).replace(EMPTY_BOX, '').trim())
  const trailing = TRAILING_NUMBER.exec(rest)
  const leading = trailing === null ? LEADING_NUMBER.exec(rest) : null
  const found = trailing ?? leading
  // Without a house number what looked like a box was part of the street's name.
  if (found === null) return { street: fold(text).trim() }
  const street = trailing === null ? rest.slice(found[0].length) : rest.slice(0, found.index)
  return { street, number: houseNumber(found[1] as string, found[2] as string), box }
}

const isBrussels = (postalCode: string | undefined): boolean =>
  postalCode !== undefined && postalCode >= '1000' && postalCode <= '1210'

/** A street without the words for its kind and its articles: "Rue de la Loi" is `loi`. */
const streetStem = (text: string): string => {
  const words = wordsOf(text.replace(/['’`´]/g, ' ')).map(word => STREET_WORDS[word] ?? word)
  const telling = words.filter(word => !STREET_TYPES.has(word) && !STREET_ARTICLES.has(word))
  const glued = (telling.length === 0 ? words : telling).join('')
  const stem = glued.replace(STREET_SUFFIX, '')
  return stem.length < 2 ? glued : stem
}

/** Dutch stem → French stem. */
const FRENCH_STREETS: ReadonlyMap<string, string> = new Map(
  BRUSSELS_STREETS.trim()
    .split(/[;\n]/)
    .map(pair => pair.split(' = ').map(streetStem) as [string, string]),
)

/** The stem of a street; in Brussels that of its French name, so that "Wetstraat" is `loi`, too. */
const normaliseStreet = (text: string, postalCode: string | undefined): string | undefined => {
  const stem = streetStem(text)
  if (stem === '') return undefined
  return isBrussels(postalCode) ? (FRENCH_STREETS.get(stem) ?? stem) : stem
}

const normalisePostalCode = (text: string | undefined): string | undefined =>
  /^(?:b(?:e)?[\s-]*)?(\d{4})$/.exec(fold(text ?? '').trim())?.[1]

const normaliseLocality = (text: string | undefined): string | undefined => {
  const locality = wordsOf(text ?? '').join('')
  return locality === '' ? undefined : (LOCALITIES[locality] ?? locality)
}

/** Drops undefined and empty parts; an address of nothing is no address. */
const toAddress = (line: Line, postalCodeText?: string, localityText?: string): ComparableAddress | undefined => {
  const postalCode = normalisePostalCode(postalCodeText)
  const parts = {
    street: normaliseStreet(line.street, postalCode),
    number: line.number,
    box: line.box,
    postalCode,
    locality: normaliseLocality(localityText),
  }
  const present = Object.entries(parts).filter(([, value]) => value !== undefined && value !== '')
  return present.length === 0 ? undefined : (Object.fromEntries(present) as ComparableAddress)
}

const recordLine = (address: CustomerAddress): Line => {
  const line = splitLine(address.street ?? '')
  // The number field may hold the box as well; a street that merely repeats the number has it taken off by splitLine.
  const house = splitLine(address.number ?? '')
  const box = tidyBox(fold(address.box ?? ''))
  return {
    street: line.street,
    number: house.number ?? line.number,
    box: box === '' ? (house.box ?? line.box) : box,
  }
}

/**
 * An address of a customer record in comparable form, or undefined if nothing usable is in it. Number and box are found
 * wherever the system put them: in their own fields, both in the number field, or behind the street.
 */
export const normaliseRecordAddress = (address: CustomerAddress | undefined): ComparableAddress | undefined =>
  address === undefined ? undefined : toAddress(recordLine(address), address.postalCode, address.locality)

/**
 * An identity's address in comparable form. itsme puts street, number and box in one string; where there is only the
 * formatted address, it is split at the postal code.
 * @see itsme.md, 12
 */
export const normaliseIdentityAddress = (address: IdentityAddress | undefined): ComparableAddress | undefined => {
  if (address === undefined) return undefined
  if (address.streetAddress !== undefined) {
    return toAddress(splitLine(address.streetAddress), address.postalCode, address.locality)
  }
  const formatted = /^(.*\S)[\s,]+(\d{4})\s+(\D+)$/s.exec(address.formatted ?? '')
  return formatted === null
    ? toAddress({ street: '' }, address.postalCode, address.locality)
    : toAddress(splitLine(formatted[1] as string), formatted[2], formatted[3])
}
