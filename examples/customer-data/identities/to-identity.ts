import { inOtherLanguage } from '#examples/customer-data/population/addresses.ts'
import { drawEmail } from '#examples/customer-data/population/contacts.ts'
import type { Registers } from '#examples/customer-data/population/registers.ts'
import {
  type Address,
  birthYearOf,
  type Person,
  PRESENT_YEAR,
  today,
} from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import { withoutDiacritics } from '#examples/customer-data/records/typos.ts'

/** What itsme says of a person who logs in; `phone_number` is always verified, `email` never. */
export type IdentityLine = {
  readonly identityId: string
  readonly given_name: string
  readonly family_name: string
  readonly birthdate: string
  readonly gender: 'male' | 'female'
  readonly address?: Readonly<Record<'street_address' | 'postal_code' | 'locality' | 'country', string>>
  readonly locale: string
  readonly phone_number: string
  readonly email?: string
  readonly email_verified?: false
  readonly national_number?: string
}

const BOX_WORDS = { nl: [' bus ', ' bus ', '/', ' b'], fr: [' bte ', ' bte ', '/', ' b'], de: ['/', ' Bfk '] } as const

/** As the chip of the card has it: one language, the municipality in capitals, the box in one form or another. */
const writtenAddress = (random: Random, address: Address, { language }: Person) => {
  const { street, number, box, postalCode, locality } = random.chance(0.05) ? inOtherLanguage(address) : address
  const line =
    box === undefined ? `${street} ${number}` : `${street} ${number}${random.pick(BOX_WORDS[language])}${box}`
  const capitals = locality.toUpperCase()
  return {
    street_address: line,
    postal_code: postalCode,
    locality: random.chance(0.3) ? withoutDiacritics(capitals) : capitals,
    country: 'BE',
  }
}

/** The card is renewed some weeks after a move. */
const registeredHome = (random: Random, { homes }: Person): Address | undefined =>
  random.chance(0.02) ? (homes.at(-2)?.value ?? today(homes)) : today(homes)

/** Belgian cards: all first names, or two and the initial of the third. */
const givenNames = (random: Random, { firstNames }: Person, foreign: boolean): string => {
  const [first, second, third] = firstNames
  if (foreign || third === undefined || random.chance(0.5)) return firstNames.join(' ')
  return `${first} ${second} ${third.charAt(0)}`
}

/** The mailbox somebody gave itsme: mostly the present one, at times one from before, or one no operator knows. */
const drawKnownEmail = (random: Random, registers: Registers, person: Person): string | undefined => {
  if (!random.chance(0.75)) return undefined
  const roll = random.next()
  if (roll < 0.08) {
    const who = { first: person.firstNames[0] ?? '', last: person.familyName, year: birthYearOf(person) }
    return drawEmail(random, registers, who)
  }
  return roll < 0.15 ? person.emails[0]?.value : today(person.emails)
}

/** How many people of an age have the app. */
const penetration = (age: number): number => (age < 18 ? 0.35 : age < 65 ? 0.72 : age < 80 ? 0.4 : 0.12)

/** @returns whether somebody can log in: alive, 16 or older, with a mobile and the app */
export const hasItsme = (random: Random, person: Person): boolean => {
  const age = PRESENT_YEAR - birthYearOf(person)
  const able = person.diedIn === undefined && age >= 16 && person.mobiles.length > 0
  return random.chance(penetration(age)) && able
}

/** Whether somebody's document is of a country that states no address and no Belgian number. */
export const hasForeignDocument = (random: Random): boolean => random.chance(0.03)

/** What itsme says of a person. */
export const toIdentity = (
  random: Random,
  {
    person,
    registers,
    identityId,
    foreign,
  }: { person: Person; registers: Registers; identityId: string; foreign: boolean },
): IdentityLine => {
  const home = foreign ? undefined : registeredHome(random, person)
  const phone =
    (person.otherMobile !== undefined && random.chance(0.6) ? person.otherMobile : today(person.mobiles)) ?? ''
  const email = drawKnownEmail(random, registers, person)
  const numbered = random.chance(0.3) && !foreign
  return {
    identityId,
    given_name: givenNames(random, person, foreign),
    family_name: random.chance(0.02) ? withoutDiacritics(person.familyName) : person.familyName,
    birthdate: person.birthDate,
    gender: person.gender === 'm' ? 'male' : 'female',
    ...(home !== undefined && { address: writtenAddress(random, home, person) }),
    locale: random.chance(0.04) ? 'en' : person.language,
    phone_number: `${phone.slice(0, 3)} ${phone.slice(3)}`,
    ...(email !== undefined && { email, email_verified: false as const }),
    ...(numbered && { national_number: person.nationalNumber }),
  }
}
