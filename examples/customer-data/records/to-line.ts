import { type Person, PRESENT_YEAR } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import { type Contract, dirtinessOf } from './contract.ts'
import { drawDirtyAddresses } from './dirty-address.ts'
import { drawDirtyEmails, drawDirtyPhones } from './dirty-contacts.ts'
import { drawCreatedAt, drawDirtyBirthDate } from './dirty-dates.ts'
import { drawDirtyName } from './dirty-name.ts'

/** One line of a customer file: the two key fields, and any dirt in the others. */
export type CustomerLine = {
  readonly customerId: string
  readonly serviceLine: string
  readonly [field: string]: unknown
}

const NUMBER_PREFIXES = { mobile: 'MOB', internet: 'INT', tv: 'TV', landline: 'LND' } as const

/** What a record takes from the run rather than from its contract. */
export type LineContext = {
  /** Counts the records of the run: makes customer numbers and invoice references unique. */
  readonly serial: number
  /** How dirty the run is; 1 is usual. */
  readonly level: number
}

/** One a year, back from the last; none from before the record was made. */
const invoiceReferences = (random: Random, { status, createdIn }: Contract, serial: number): readonly string[] => {
  if (status === 'prospect') return []
  const count = status === 'closed' ? random.int(0, 1) : random.int(1, 3)
  const last = Math.min(PRESENT_YEAR, status === 'closed' ? createdIn + 3 : PRESENT_YEAR)
  return Array.from(
    { length: Math.min(count, 1 + last - createdIn) },
    (_, back) => `INV-${last - back}-${1_000_000 + serial}`,
  )
}

const writtenNationalNumber = (random: Random, { nationalNumber: n }: Person): string =>
  random.chance(0.5) ? n : `${n.slice(0, 2)}.${n.slice(2, 4)}.${n.slice(4, 6)}-${n.slice(6, 9)}.${n.slice(9)}`

/** Companies are known as such; a few only by their name. */
const segmentOf = (random: Random, { company, status }: Contract): string | undefined => {
  if (company) return random.chance(0.06) ? undefined : 'business'
  return status === 'prospect' ? 'prospect' : 'consumer'
}

/** Writes a contract as the system of its service line would have kept it. */
export const toLine = (random: Random, contract: Contract, { serial, level }: LineContext): CustomerLine => {
  const { serviceLine, holder, company, role, status } = contract
  const dirt = dirtinessOf(contract, level)
  return {
    customerId: `${NUMBER_PREFIXES[serviceLine]}-${3_000_000 + serial}`,
    serviceLine,
    ...drawDirtyName(random, contract, dirt),
    birthDate: drawDirtyBirthDate(random, contract, dirt),
    emails: drawDirtyEmails(random, contract, dirt),
    phones: drawDirtyPhones(random, contract, dirt),
    ...drawDirtyAddresses(random, contract, dirt),
    ...(random.chance(0.07) && { nationalNumber: writtenNationalNumber(random, holder) }),
    invoiceReferences: invoiceReferences(random, contract, serial),
    role: random.chance(0.9) ? role : undefined,
    language: random.chance(0.93) ? holder.language : random.pick(['', 'NL', 'FR', null]),
    segment: segmentOf(random, contract),
    status,
    ...(company && { companyName: company.name }),
    createdAt: drawCreatedAt(random, contract, dirt),
  }
}
