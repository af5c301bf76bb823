import type { Ground } from '#examples/customer-data/population/grounds.ts'
import type { Agent, Company } from '#examples/customer-data/population/outsiders.ts'
import type { Household, Person } from '#examples/customer-data/population/types.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'

/** What is true of a customer record, before the dirt of the system that keeps it. */
export type Contract = {
  readonly serviceLine: ServiceLine
  /** The person it names; the record is theirs, unless it is a company's. */
  readonly holder: Person
  readonly household: Household
  readonly createdIn: number
  /** The last year in which anybody put it right. */
  readonly keptUntil: number
  readonly status: 'active' | 'closed' | 'prospect' | 'deceased'
  readonly role: 'holder' | 'user' | 'administrator'
  /** Somebody else whose phone the contract is for: a spouse's or a child's SIM. */
  readonly usedBy?: Person
  /** Somebody else whom the operator writes to and calls: a helper, a widow, a former partner. */
  readonly contact?: Person
  /** Who had the contract before: some of what is theirs was left on the record. */
  readonly takenFrom?: Person
  /** A company's account, which the holder only stands on; a sole trader's is the holder's own. */
  readonly company?: Company
  readonly soleTrader?: true
  /** A shop or a guardian that may have written its own contact. */
  readonly agent?: Agent
  /** How people live and clerks work where it was made. */
  readonly ground: Ground
}

/** Whose record it is: nobody's if a company's, for a person acts for it with a mandate only. */
export const ownerOf = ({ holder, company, soleTrader }: Contract): Person | undefined =>
  company !== undefined && soleTrader === undefined ? undefined : holder

/** How dirty a record is, 1 being usual; it multiplies the rate of every kind of dirt. */
export const dirtinessOf = ({ serviceLine, createdIn }: Contract, level: number): number =>
  level * { mobile: 0.8, internet: 0.9, tv: 1.1, landline: 1.3 }[serviceLine] * (createdIn < 2008 ? 1.5 : 1)
