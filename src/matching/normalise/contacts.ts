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

/** An e-mail address in lower case, or undefined for what is none or a placeholder ("geen@mail.be", "noemail@…"). */
export const normaliseEmail = (text: string): string | undefined => {
  const email = text.trim().toLowerCase()
  if (!EMAIL.test(email)) return undefined
  const at = email.lastIndexOf('@')
  const local = fold(email.slice(0, at)).replace(/[._\-+]/g, '')
  return PLACEHOLDER_LOCAL_PARTS.test(local) || PLACEHOLDER_DOMAINS.test(email.slice(at + 1)) ? undefined : email
}

const unique = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter(value => value !== undefined)),
]

/** All usable e-mail addresses, each once, in the order given. */
export const normaliseEmails = (texts: readonly string[]): readonly string[] => unique(texts.map(normaliseEmail))

/** "32470123456" is a Belgian number whose plus sign got lost: no national number is that long. */
const restorePlus = (text: string): string => {
  const digits = text.replace(/\D/g, '')
  return /^32\d{8,9}$/.test(digits) && !text.trim().startsWith('+') ? `+${digits}` : text
}

type TypedPhone = { readonly number: string; readonly mobile: boolean }

const parsePhone = (text: string): TypedPhone | undefined => {
  const phone = parsePhoneNumberFromString(restorePlus(text), 'BE')
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
  const phones = texts.map(parsePhone)
  return {
    mobiles: unique(phones.map(phone => (phone?.mobile === true ? phone.number : undefined))),
    landlines: unique(phones.map(phone => (phone?.mobile === false ? phone.number : undefined))),
  }
}
