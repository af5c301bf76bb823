import type { Random } from '#examples/customer-data/random.ts'
import { drawEmail, drawMobile } from './contacts.ts'
import { callNameOf, drawFirstName, type Origin } from './names.ts'
import { type Gender, type Language, type Person, PRESENT_YEAR } from './types.ts'

const pad = (value: number): string => String(value).padStart(2, '0')

/**
 * A formally right national number (itsme.md, 12). Serials from 900 upwards are hardly ever issued, so it is
 * nobody's: births of one day and sex do not come to 450.
 */
const drawNationalNumber = (random: Random, birthDate: string, gender: Gender): string => {
  const day = birthDate.slice(2).replaceAll('-', '')
  const serial = 900 + 2 * random.int(1, 48) + (gender === 'm' ? 1 : 0)
  const base = `${day}${serial}`
  const full = Number(birthDate.slice(0, 4)) >= 2000 ? `2${base}` : base
  return `${base}${pad(97 - (Number(full) % 97))}`
}

/** Days 1 to 28 suit every month; 01-01 is over-represented, as in registers that never knew the day. */
export const drawBirthDate = (random: Random, year: number, origin: Origin): string =>
  random.chance(origin === 'ma' || origin === 'tr' || origin === 'cd' ? 0.05 : 0.003)
    ? `${year}-01-01`
    : `${year}-${pad(random.int(1, 12))}-${pad(random.int(1, 28))}`

/** What is already known of a person to be drawn. */
export type PersonSketch = {
  readonly id: string
  readonly gender: Gender
  readonly language: Language
  readonly origin: Origin
  readonly familyName: string
  readonly year: number
  readonly birthDate?: string
  readonly firstName?: string
  readonly marriedName?: string
  /** First names of siblings, which parents do not give twice. */
  readonly taken?: readonly string[]
}

const drawFirstNames = (random: Random, who: PersonSketch): readonly string[] => {
  const first = who.firstName ?? drawFirstName(random, who)
  const names = [first]
  const count = random.weighted([
    { weight: 25, more: 0 },
    { weight: 45, more: 1 },
    { weight: 30, more: 2 },
  ]).more
  for (let more = 0; more < count; more += 1) {
    // Second and third names are those of grandparents and godparents.
    names.push(drawFirstName(random, { ...who, year: who.year - 40, taken: names }))
  }
  return names
}

const drawContacts = (random: Random, first: string, who: PersonSketch): Partial<Person> => {
  const age = PRESENT_YEAR - who.year
  const online = age < 12 ? 0.1 : age < 70 ? 0.95 : 0.55
  return {
    ...(random.chance(age < 12 ? 0.5 : age < 75 ? 0.97 : 0.75) && { mobile: drawMobile(random) }),
    ...(age > 20 && random.chance(0.35) && { formerMobile: drawMobile(random) }),
    ...(random.chance(online) && { email: drawEmail(random, first, who.familyName, who.year) }),
    ...(age > 20 && random.chance(0.3) && { formerEmail: drawEmail(random, first, who.familyName, who.year) }),
  }
}

/** Draws the rest of a person. */
export const drawPerson = (random: Random, who: PersonSketch): Person => {
  const firstNames = drawFirstNames(random, who)
  const [first = ''] = firstNames
  const birthDate = who.birthDate ?? drawBirthDate(random, who.year, who.origin)
  const callName = callNameOf(first)
  return {
    id: who.id,
    gender: who.gender,
    language: who.language,
    firstNames,
    ...(callName !== undefined && random.chance(0.5) && { callName }),
    familyName: who.familyName,
    ...(who.marriedName !== undefined && { marriedName: who.marriedName }),
    birthDate,
    nationalNumber: drawNationalNumber(random, birthDate, who.gender),
    ...drawContacts(random, first, who),
  }
}
