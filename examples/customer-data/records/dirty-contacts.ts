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

const emailSource = (random: Random, contract: Contract): string | undefined => {
  const { holder, household, company, dealer, usedBy } = contract
  const partner = household.adults.find(adult => adult !== holder)
  const dealerWrites = dealer !== undefined && random.chance(0.2)
  if (company)
    return drawFrom(random, [
      { weight: 6, value: company.email },
      { weight: 4, value: holder.email },
    ])
  if (dealerWrites) return dealer.email
  return drawFrom(random, [
    { weight: 70, value: holder.email },
    { weight: 14, value: household.sharedEmail },
    { weight: 9, value: holder.formerEmail },
    { weight: 5, value: partner?.email },
    { weight: usedBy ? 12 : 0, value: usedBy?.email },
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
  const old = contract.createdIn < 2005 ? 0.35 : 0
  if (random.chance(0.24 * dirt + old)) return random.pick([undefined, [], [], null, ['']])
  if (random.chance(0.025 * dirt)) return [random.pick(EMAIL_PLACEHOLDERS)]
  const emails = [emailSource(random, contract), ...(random.chance(0.08) ? [emailSource(random, contract)] : [])]
  const known = [...new Set(emails.filter(email => email !== undefined))]
  return known.map(email => wornEmail(random, email, dirt))
}

const phoneSource = (random: Random, contract: Contract, recycled: string | undefined): string | undefined => {
  const { holder, household, company, dealer, usedBy, serviceLine } = contract
  const partner = household.adults.find(adult => adult !== holder)
  if (company)
    return drawFrom(random, [
      { weight: 6, value: company.phone },
      { weight: 4, value: holder.mobile },
    ])
  if (dealer !== undefined && random.chance(0.15)) return dealer.phone
  // The number of a mobile contract is on its record: that of whoever uses it.
  if (usedBy !== undefined && random.chance(0.85)) return usedBy.mobile
  return drawFrom(random, [
    { weight: 70, value: holder.mobile },
    { weight: serviceLine === 'mobile' ? 4 : 35, value: household.landline },
    { weight: 8, value: holder.formerMobile },
    { weight: 6, value: partner?.mobile },
    { weight: 1, value: recycled },
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

/**
 * A record's phone numbers.
 * @param recycled a number somebody gave back and that may be the holder's now
 */
export const drawDirtyPhones = (random: Random, contract: Contract, recycled: string | undefined, dirt: number) => {
  if (random.chance(0.055 * dirt)) return random.pick([undefined, [], null])
  if (random.chance(0.012 * dirt)) return [random.pick(PHONE_PLACEHOLDERS)]
  const count = random.chance(0.22) ? 2 : 1
  const phones = Array.from({ length: count }, () => phoneSource(random, contract, recycled))
  const known = [...new Set(phones.filter(phone => phone !== undefined))]
  return known.map(phone => wornPhone(random, written(random, phone), dirt))
}
