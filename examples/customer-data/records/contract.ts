import type { Company, Dealer } from '#examples/customer-data/population/outsiders.ts'
import type { Household, Person } from '#examples/customer-data/population/types.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'

/** What is true of a customer record, before the dirt of the system that keeps it. */
export type Contract = {
  readonly serviceLine: ServiceLine
  /** Whose record it is: the person it names. */
  readonly holder: Person
  readonly household: Household
  readonly createdIn: number
  readonly status: 'active' | 'closed' | 'prospect' | 'deceased'
  readonly role: 'holder' | 'user' | 'administrator'
  /** Somebody else whose phone the contract is for: a spouse's or a child's SIM. */
  readonly usedBy?: Person
  readonly company?: Company
  readonly dealer?: Dealer
}

/** How dirty a record is: 1 is usual; it multiplies the rate of every kind of dirt. */
export const dirtinessOf = ({ serviceLine, createdIn }: Contract): number =>
  ({ mobile: 0.8, internet: 0.9, tv: 1.1, landline: 1.3 })[serviceLine] * (createdIn < 2008 ? 1.6 : 1)
