import type { Random } from '#examples/customer-data/random.ts'
import type { Registers } from './registers.ts'
import { type History, type Language, PRESENT_YEAR } from './types.ts'

/** Domains reserved for examples (RFC 2606), in the place of mailbox providers. */
const MAIL_DOMAINS = ['example.com', 'example.net', 'example.org', 'mail.example.com', 'home.example.net'] as const

const MOBILE_PREFIXES = '47,48,49,46,45'.split(',')

const newMobile = (random: Random): string => {
  const prefix = random.pickRanked(MOBILE_PREFIXES)
  const third = prefix === '45' ? random.pick(['5', '6']) : prefix === '46' ? random.int(5, 8) : random.int(0, 9)
  return `+32${prefix}${third}${random.digits(6)}`
}

/** A Belgian mobile number in E.164 (nine national digits beginning with 45 to 49) that nobody had before. */
export const drawMobile = (random: Random, { isNewContact }: Registers): string => {
  for (;;) {
    const number = newMobile(random)
    if (isNewContact(number)) return number
  }
}

/** A Belgian landline in E.164: eight national digits, the area code included; 2 or 3 follows it in every area. */
export const drawLandline = (random: Random, area: string, { isNewContact }: Registers): string => {
  for (let attempt = 0; ; attempt += 1) {
    const number = `+32${area}${random.int(2, attempt > 9 ? 8 : 3)}${random.digits(7 - area.length)}`
    if (isNewContact(number) || attempt > 99) return number
  }
}

/** Lower-case letters only, as in the local part of an e-mail address. */
const mailWord = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
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

/** A mailbox is one person's: whoever comes later takes digits. */
const firstFree = (random: Random, local: string, { isNewContact }: Registers): string => {
  const domain = random.pickRanked(MAIL_DOMAINS)
  let address = `${local}@${domain}`
  while (!isNewContact(address)) address = `${local}${random.int(1, 99_999)}@${domain}`
  return address
}

/** A personal mailbox, named for its owner. */
export const drawEmail = (random: Random, registers: Registers, who: { first: string; last: string; year: number }) =>
  firstFree(random, localPart(random, who.first, who.last, who.year), registers)

/** A mailbox a household shares. */
export const drawFamilyEmail = (
  random: Random,
  registers: Registers,
  { names, language }: { names: readonly string[]; language: Language },
): string => {
  const word = { nl: 'familie', fr: 'famille', de: 'familie' }[language]
  const family = names.map(mailWord).join(random.pick(['.', '-', '']))
  return firstFree(random, random.pick([`${word}.${family}`, `${family}.${word}`, family]), registers)
}

/** The first of them and the later ones, each some years after the last; none from the future. */
const drawHistory = (
  random: Random,
  first: number,
  { changes, draw }: { changes: number; draw: (year: number) => string },
): History<string> => {
  const years = [first]
  for (let change = 0; change < changes; change += 1) {
    const next = (years.at(-1) ?? first) + random.int(2, 14)
    if (next <= PRESENT_YEAR) years.push(next)
  }
  return years.map(from => ({ from, value: draw(from) }))
}

const drawChanges = (random: Random): number =>
  random.weighted([
    { weight: 60, changes: 0 },
    { weight: 30, changes: 1 },
    { weight: 10, changes: 2 },
  ]).changes

/** Of those who get a new number, some get one that was another's; numbers are kept by most (porting, since 2002). */
const RECYCLED_SHARE = 0.05

/** A person's mobiles through the years: what was given back may come to others. */
export const drawMobiles = (random: Random, registers: Registers, birthYear: number): History<string> => {
  const first = Math.max(birthYear + random.int(10, 20), random.int(1998, 2006))
  if (first > PRESENT_YEAR) return []
  const draw = (year: number): string =>
    (random.chance(RECYCLED_SHARE * registers.ground.recycled)
      ? registers.recycling.take(random.next(), year)
      : undefined) ?? drawMobile(random, registers)
  const history = drawHistory(random, first, { changes: drawChanges(random), draw })
  for (const [index, { value }] of history.entries()) {
    const next = history[index + 1]
    if (next !== undefined) registers.recycling.add(value, next.from)
  }
  return history
}

/** A person's mailboxes through the years. */
export const drawEmails = (
  random: Random,
  registers: Registers,
  who: { first: string; last: string; year: number },
): History<string> => {
  const first = Math.max(who.year + random.int(12, 18), random.int(1998, 2010))
  if (first > PRESENT_YEAR) return []
  return drawHistory(random, first, { changes: drawChanges(random), draw: () => drawEmail(random, registers, who) })
}
