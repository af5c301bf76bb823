import type { Random } from '#examples/customer-data/random.ts'
import type { Language } from './types.ts'

/** Domains reserved for examples (RFC 2606), in the place of mailbox providers. */
const MAIL_DOMAINS = ['example.com', 'example.net', 'example.org', 'mail.example.com', 'home.example.net'] as const

const MOBILE_PREFIXES = '47,48,49,46,45'.split(',')

/** A Belgian mobile number in E.164 (nine national digits beginning with 45 to 49). */
export const drawMobile = (random: Random): string => {
  const prefix = random.pickRanked(MOBILE_PREFIXES)
  const third = prefix === '45' ? random.pick(['5', '6']) : prefix === '46' ? random.int(5, 8) : random.int(0, 9)
  return `+32${prefix}${third}${random.digits(6)}`
}

/** A Belgian landline in E.164: eight national digits, the area code included; 2 or 3 follows it in every area. */
export const drawLandline = (random: Random, area: string): string =>
  `+32${area}${random.int(2, 3)}${random.digits(7 - area.length)}`

/** Lower-case letters only, as in the local part of an e-mail address. */
const mailWord = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')

const localPart = (random: Random, first: string, last: string, year: number): string => {
  const f = mailWord(first)
  const l = mailWord(last)
  return random.weighted([
    { weight: 40, text: `${f}.${l}` },
    { weight: 14, text: `${f}.${l}${year % 100}` },
    { weight: 12, text: `${f}${l}` },
    { weight: 10, text: `${f.charAt(0)}.${l}` },
    { weight: 8, text: `${l}.${f}` },
    { weight: 8, text: `${f}_${year}` },
    { weight: 8, text: `${f}${random.int(10, 9999)}` },
  ]).text
}

/** A personal mailbox, named for its owner; namesakes may come to the same one, as in life with a digit forgotten. */
export const drawEmail = (random: Random, first: string, last: string, year: number): string =>
  `${localPart(random, first, last, year)}@${random.pickRanked(MAIL_DOMAINS)}`

/** A mailbox a household shares. */
export const drawFamilyEmail = (random: Random, names: readonly string[], language: Language): string => {
  const word = { nl: 'familie', fr: 'famille', de: 'familie' }[language]
  const family = names.map(mailWord).join(random.pick(['.', '-', '']))
  return `${random.pick([`${word}.${family}`, `${family}.${word}`, family])}@${random.pickRanked(MAIL_DOMAINS)}`
}
