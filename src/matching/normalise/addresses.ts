import type { ComparableAddress, CustomerAddress } from '#src/kernel/customer.ts'
import type { IdentityAddress } from '#src/kernel/identity.ts'
import { type Line, splitLine, tidyBox } from './address-line.ts'
import { BRUSSELS_STREETS } from './brussels-streets.ts'
import { fold, wordsOf } from './fold.ts'
import {
  LOCALITIES,
  STREET_ARTICLES,
  STREET_PHRASES,
  STREET_SUFFIX,
  STREET_TYPES,
  STREET_WORDS,
} from './street-names.ts'

const isBrussels = (postalCode: string | undefined): boolean =>
  postalCode !== undefined && postalCode >= '1000' && postalCode <= '1210'

/** A street without the words for its kind and its articles: "Rue de la Loi" is `loi`. */
const streetStem = (text: string): string => {
  const phrased = STREET_PHRASES.reduce((line, [phrase, full]) => line.replace(phrase, full), fold(text))
  const words = wordsOf(phrased.replace(/['’`´]/g, ' ')).map(word => STREET_WORDS[word] ?? word)
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

/** Also "B-9000" and "9000.0", and "9000 Gent" with a name after it; "1011 AB" is Dutch. */
const normalisePostalCode = (text: string | undefined): string | undefined =>
  /^(?:be?l?[\s-]*)?(\d{4})(?:\.0|[\s-]+[a-z]{3}.*)?$/.exec(fold(text ?? '').trim())?.[1]

const normaliseLocality = (text: string | undefined): string | undefined => {
  const locality = wordsOf(text ?? '')
    .filter(word => !/\d/.test(word))
    .join('')
  return locality === '' ? undefined : (LOCALITIES[locality] ?? locality)
}

/** Drops undefined and empty parts; an address of nothing is no address. */
const toAddress = (line: Line, postalCodeText?: string, localityText?: string): ComparableAddress | undefined => {
  const postalCode = normalisePostalCode(postalCodeText) ?? normalisePostalCode(localityText)
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
  const { street = '' } = address
  const line = splitLine(street, normalisePostalCode(address.postalCode))
  // The number field may hold the box as well; a street that merely repeats the number has it taken off by splitLine.
  const house = splitLine(address.number ?? '')
  const box = tidyBox(fold(address.box ?? ''))
  // "11 Novemberlaan": a number that is not the house's belongs to the street. One that lacks its letter is the house's.
  const isOfStreet =
    house.number !== undefined &&
    line.number !== undefined &&
    Number.parseInt(house.number, 10) !== Number.parseInt(line.number, 10)
  return {
    street: isOfStreet ? fold(street) : line.street,
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
 * @see docs/itsme.md
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
