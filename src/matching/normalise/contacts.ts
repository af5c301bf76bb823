import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { fold } from './fold.ts'

/** Phones in E.164. Only a mobile is something a person holds; a landline belongs to a household. */
export type Phones = {
  readonly mobiles: readonly string[]
  readonly landlines: readonly string[]
}

/** What clerks type where a field must not stay empty; compared with the local part, separators removed. */
const PLACEHOLDER_LOCAL_PARTS =
  /^(?:no|non|geen|pas|pasde|sans|without)?(?:e?mail|mailadres|adresse?)$|^(?:none|noreply|donotreply|onbekend|inconnu|unknown|unbekannt|geen|aucun|nvt|na|test|dummy|fake|placeholder|x|(.)\1+)$/
const PLACEHOLDER_DOMAINS =
  /^(?:no-?e?mail|geen-?e?mail|geen|none|onbekend|inconnu|unknown|dummy|placeholder|x+)\.[a-z]+$|\.invalid$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/

/** What stands around an address, and slips that leave no doubt: "mailto:a@b.be;", "<a@b.be>", "a @ b,be", "a(at)b.be". */
const tidyEmail = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^(?:mailto|e-?mail)\s*:\s*/, '')
    .replace(/^[<("'\s]+|[>)"'.,;\s]+$/g, '')
    .replace(/\s*(?:@|[([]at[)\]])\s*/, '@')
    .replace(/,(?=[a-z]{2,3}$)/, '.')

/** Where a field holds several values. A single comma may be a mistyped dot of an address, so it parts two `@` only. */
const splitEmails = (text: string): readonly string[] =>
  text.length > LONGEST_FIELD || text.indexOf('@') === text.lastIndexOf('@')
    ? [text]
    : text.split(/[;,/|]\s*|\s+(?!@)(?=\S+@)/)

/** Of one address 320 at most (RFC 3696, errata 1690), and a field holds a few; a longer text is none. */
const LONGEST_FIELD = 1000

/** An e-mail address in lower case, or undefined for what is none or a placeholder ("geen@mail.be", "noemail@…"). */
export const normaliseEmail = (text: string): string | undefined => {
  const email = text.length > LONGEST_FIELD ? '' : tidyEmail(text)
  if (!EMAIL.test(email)) return undefined
  const at = email.lastIndexOf('@')
  const local = fold(email.slice(0, at)).replace(/[._\-+]/g, '')
  return PLACEHOLDER_LOCAL_PARTS.test(local) || PLACEHOLDER_DOMAINS.test(email.slice(at + 1)) ? undefined : email
}

const unique = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter(value => value !== undefined)),
]

/** All usable e-mail addresses, each once, in the order given; a field may hold several ("a@b.be; c@d.be"). */
export const normaliseEmails = (texts: readonly string[]): readonly string[] =>
  unique(texts.flatMap(splitEmails).map(normaliseEmail))

/** "32470123456" is a Belgian number whose plus sign got lost: no national number is that long. */
const restorePlus = (text: string): string => {
  const digits = text.replace(/\D/g, '')
  return /^32\d{8,9}$/.test(digits) && !text.trim().startsWith('+') ? `+${digits}` : text
}

const SHORTEST_PHONE = 8

type TypedPhone = { readonly number: string; readonly mobile: boolean }

/** The letter for the digit: "O47O". */
const restoreZeros = (text: string): string => text.replace(/(?<=^|[\d\s+/.-])o(?=[\d\s/.o-])|(?<=\d)o/gi, '0')

/** Several numbers in one field: "0470 12 34 56 / 02 123 45 67", "0470123456 of 021234567". A slash alone follows the area code. */
const splitPhones = (text: string): readonly string[] => {
  const parts = text.split(/[;,|]|\s(?:of|ou|en|et|or|oder)\s|\s*\/\s*(?=\+|00|0\d{7})|\s\/\s/i)
  return parts.every(part => part.replace(/\D/g, '').length >= SHORTEST_PHONE) ? parts : [text]
}

const parsePhone = (text: string): TypedPhone | undefined => {
  const phone = parsePhoneNumberFromString(restorePlus(restoreZeros(text)), 'BE')
  // Six equal digits at the end: what is typed to get past a required field.
  if (phone === undefined || !phone.isValid() || /(\d)\1{5}$/.test(phone.number)) return undefined
  const type = phone.getType()
  if (type === 'MOBILE') return { number: phone.number, mobile: true }
  const landline = type === 'FIXED_LINE' || type === 'FIXED_LINE_OR_MOBILE'
  return landline ? { number: phone.number, mobile: false } : undefined
}

/**
 * Sorts phone numbers into mobiles and landlines, in E.164, Belgian unless they say otherwise. Invalid ones, placeholders
 * and service numbers are dropped; where a country's plan cannot tell, the number counts as a landline, the weaker kind.
 * @see https://gitlab.com/catamphetamine/libphonenumber-js (`max` metadata: needed to tell the types)
 */
export const normalisePhones = (texts: readonly string[]): Phones => {
  const phones = texts.flatMap(splitPhones).map(parsePhone)
  return {
    mobiles: unique(phones.map(phone => (phone?.mobile === true ? phone.number : undefined))),
    landlines: unique(phones.map(phone => (phone?.mobile === false ? phone.number : undefined))),
  }
}
