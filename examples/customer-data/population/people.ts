import type { Random } from '#examples/customer-data/random.ts'
import { drawEmails, drawMobile, drawMobiles } from './contacts.ts'
import { callNameOf, drawFirstName, type Origin } from './names.ts'
import type { Registers } from './registers.ts'
import {
  type Address,
  type Gender,
  type History,
  type Language,
  type Person,
  PRESENT_YEAR,
  type Trait,
} from './types.ts'

const pad = (value: number): string => String(value).padStart(2, '0')

/** A formally right national number: day, serial (odd for men), check over both centuries. */
const drawNationalNumber = ({ nextSerial }: Registers, birthDate: string, gender: Gender): string => {
  const base = `${birthDate.slice(2).replaceAll('-', '')}${nextSerial(birthDate, gender === 'm')}`
  const full = Number(birthDate.slice(0, 4)) >= 2000 ? `2${base}` : base
  return `${base}${pad(97 - (Number(full) % 97))}`
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** 01-01 is over-represented, as in registers that never knew the day. */
export const drawBirthDate = (random: Random, year: number, origin: Origin): string => {
  if (random.chance(origin === 'ma' || origin === 'tr' || origin === 'cd' ? 0.05 : 0.003)) return `${year}-01-01`
  const month = random.int(1, 12)
  return `${year}-${pad(month)}-${pad(random.int(1, DAYS[month - 1] ?? 28))}`
}

/** What is already known of a person to be drawn. */
export type PersonSketch = {
  readonly id: string
  readonly gender: Gender
  readonly language: Language
  readonly origin: Origin
  readonly familyName: string
  readonly year: number
  readonly homes: History<Address>
  readonly birthDate?: string
  readonly firstName?: string
  /** The first name of a twin whose own is to begin alike. */
  readonly like?: string
  /** A father's or mother's first name, as the second one. */
  readonly secondName?: string
  readonly marriedName?: Person['marriedName']
  readonly diedIn?: number
  readonly traits?: readonly Trait[]
  /** First names of siblings, which parents do not give twice. */
  readonly taken?: readonly string[]
}

const drawFirstNames = (random: Random, who: PersonSketch): readonly string[] => {
  const first = who.firstName ?? drawFirstName(random, who)
  const names = who.secondName === undefined || who.secondName === first ? [first] : [first, who.secondName]
  const { more } = random.weighted([
    { weight: 25, more: 0 },
    { weight: 45, more: 1 },
    { weight: 30, more: 2 },
  ])
  const { like: _, ...second } = who
  for (let count = 0; count < more; count += 1) {
    // Second and third names are those of grandparents and godparents, and no sibling's first.
    const taken = [...names, ...(who.taken ?? [])]
    names.push(drawFirstName(random, { ...second, year: who.year - 40, taken }))
  }
  return names
}

/** Of the young and the middle-aged nearly all have a mobile and a mailbox. */
const drawContacts = (random: Random, registers: Registers, who: PersonSketch & { first: string }) => {
  const age = PRESENT_YEAR - who.year
  const hasMobile = random.chance(age < 12 ? 0.5 : age < 75 ? 0.98 : 0.8)
  const isOnline = random.chance(age < 12 ? 0.1 : age < 70 ? 0.95 : 0.55)
  return {
    mobiles: hasMobile ? drawMobiles(random, registers, who.year) : [],
    ...(age > 20 && random.chance(0.05) && { otherMobile: drawMobile(random, registers) }),
    emails: isOnline ? drawEmails(random, registers, { first: who.first, last: who.familyName, year: who.year }) : [],
  }
}

/** Draws the rest of a person. */
export const drawPerson = (random: Random, registers: Registers, who: PersonSketch): Person => {
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
    nationalNumber: drawNationalNumber(registers, birthDate, who.gender),
    homes: who.homes,
    ...drawContacts(random, registers, { ...who, first }),
    ...(who.diedIn !== undefined && { diedIn: who.diedIn }),
    traits: who.traits ?? [],
  }
}
