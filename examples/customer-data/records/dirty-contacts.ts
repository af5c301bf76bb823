import { type Person, PRESENT_YEAR, valueIn } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import { withTypo } from './typos.ts'

const EMAIL_PLACEHOLDERS = [
  'geen@example.com',
  'noreply@example.com',
  'onbekend@example.com',
  'geen',
  'n/a',
  'pas@example.com',
  'x@x',
]
const PHONE_PLACEHOLDERS = ['0000000000', '0400000000', '0470000000', '+32', '0', '999999999']

type Source = { readonly weight: number; readonly value: string | undefined }

/** One of the known values; what is unknown cannot be drawn. */
const drawFrom = (random: Random, sources: readonly Source[]): string | undefined => {
  const known = sources.filter(source => source.value !== undefined)
  return known.length > 0 ? random.weighted(known).value : undefined
}

/** The year a record's contacts are of: of its last look, or of its beginning. */
const yearOf = (random: Random, { createdIn, keptUntil }: Contract, dirt: number): number =>
  random.chance(Math.min(0.9, 0.3 * dirt)) ? createdIn : keptUntil

const partnerOf = ({ household, holder }: Contract): Person | undefined =>
  household.adults.slice(0, 2).find(adult => adult !== holder)

const emailSource = (random: Random, contract: Contract, year: number): string | undefined => {
  const { holder, household, company, agent, usedBy, contact, takenFrom, ground } = contract
  const own = valueIn(holder.emails, year)
  if (company)
    return drawFrom(random, [
      { weight: 6, value: company.email },
      { weight: 4, value: own },
    ])
  if (agent !== undefined && random.chance(0.15)) return agent.email
  if (contact !== undefined && random.chance(0.6)) return valueIn(contact.emails, contract.keptUntil)
  if (takenFrom !== undefined && random.chance(0.35)) return valueIn(takenFrom.emails, year)
  const partner = partnerOf(contract)
  return drawFrom(random, [
    { weight: 74, value: own },
    { weight: 14, value: household.sharedEmail },
    {
      weight: partner && partner !== usedBy ? 5 * ground.sharedContacts : 0,
      value: partner && valueIn(partner.emails, year),
    },
    { weight: usedBy ? 12 : 0, value: usedBy && valueIn(usedBy.emails, year) },
  ])
}

const wornEmail = (random: Random, email: string, dirt: number): string => {
  if (random.chance(0.03 * dirt)) return email.toUpperCase()
  if (!random.chance(0.012 * dirt)) return email
  // Only before the @: a mistyped domain might be somebody's.
  const at = email.indexOf('@')
  return withTypo(random, email.slice(0, at)) + email.slice(at)
}

/** A record's e-mail addresses: one in three records has none that is worth anything. */
export const drawDirtyEmails = (random: Random, contract: Contract, dirt: number) => {
  const old = contract.createdIn < 2005 ? 0.25 : 0
  if (random.chance(0.26 * dirt + old)) return random.pick([undefined, [], [], null, ['']])
  if (random.chance(0.025 * dirt)) return [random.pick(EMAIL_PLACEHOLDERS)]
  const year = yearOf(random, contract, dirt)
  const emails = [emailSource(random, contract, year)]
  if (random.chance(0.08)) emails.push(emailSource(random, contract, contract.createdIn))
  const known = [...new Set(emails.filter(email => email !== undefined))]
  return known.map(email => wornEmail(random, email, dirt))
}

/** The number of a mobile contract is on its record: that of whoever uses it. */
const contractNumber = ({ serviceLine, status, usedBy, holder, keptUntil }: Contract): string | undefined =>
  serviceLine === 'mobile'
    ? valueIn((usedBy ?? holder).mobiles, status === 'closed' ? keptUntil : PRESENT_YEAR)
    : undefined

const phoneSource = (random: Random, contract: Contract, year: number): string | undefined => {
  const { holder, household, company, agent, contact, takenFrom, serviceLine } = contract
  if (company)
    return drawFrom(random, [
      { weight: 6, value: company.phone },
      { weight: 4, value: valueIn(holder.mobiles, year) },
    ])
  const ofContract = contractNumber(contract)
  if (ofContract !== undefined && random.chance(0.85)) return ofContract
  if (agent !== undefined && random.chance(0.1)) return agent.phone
  if (contact !== undefined && random.chance(0.6)) return valueIn(contact.mobiles, contract.keptUntil)
  if (takenFrom !== undefined && random.chance(0.35)) return valueIn(takenFrom.mobiles, year)
  const partner = partnerOf(contract)
  return drawFrom(random, [
    { weight: 70, value: valueIn(holder.mobiles, year) },
    { weight: serviceLine === 'mobile' ? 4 : 30, value: household.landline },
    { weight: 6 * contract.ground.sharedContacts, value: partner && valueIn(partner.mobiles, year) },
  ])
}

const spaced = (national: string, separators: readonly [string, string]): string =>
  `${national.slice(0, 4)}${separators[0]}${national.slice(4, 6)}${separators[1]}${national.slice(6, 8)}${separators[1]}${national.slice(8)}`

/** The ways people and systems write one Belgian number. */
const written = (random: Random, e164: string): string => {
  const rest = e164.slice(3)
  return random.weighted([
    { weight: 34, text: e164 },
    { weight: 22, text: `0${rest}` },
    { weight: 12, text: spaced(`0${rest}`, [' ', ' ']) },
    { weight: 12, text: spaced(`0${rest}`, ['/', '.']) },
    { weight: 8, text: `0032${rest}` },
    { weight: 7, text: `+32 ${rest}` },
    { weight: 3, text: `32${rest}` },
    { weight: 2, text: `+32(0)${rest}` },
  ]).text
}

const wornPhone = (random: Random, phone: string, dirt: number): string => {
  if (!random.chance(0.008 * dirt)) return phone
  const at = random.int(phone.length - 5, phone.length - 1)
  return `${phone.slice(0, at)}${random.int(0, 9)}${phone.slice(at + 1)}`
}

/** A record's phone numbers. */
export const drawDirtyPhones = (random: Random, contract: Contract, dirt: number) => {
  if (random.chance(0.045 * dirt)) return random.pick([undefined, [], null])
  if (random.chance(0.012 * dirt)) return [random.pick(PHONE_PLACEHOLDERS)]
  const phones = [phoneSource(random, contract, yearOf(random, contract, dirt))]
  if (random.chance(0.22)) phones.push(phoneSource(random, contract, contract.createdIn))
  const known = [...new Set(phones.filter(phone => phone !== undefined))]
  return known.map(phone => wornPhone(random, written(random, phone), dirt))
}
