import type { ComparablePerson } from '#src/kernel/customer.ts'
import { compareAddresses } from '#src/matching/compare/addresses.ts'
import { compareBirthDates } from '#src/matching/compare/birth-dates.ts'
import { compareContacts, isEmailSlip, isPhoneSlip } from '#src/matching/compare/contacts.ts'
import type { Comparison, NationalNumberLevel, TieLevels } from '#src/matching/compare/levels.ts'
import { compareNames } from '#src/matching/compare/names.ts'

/** What a comparison needs to know of the customer base besides the two people. */
export type ComparisonFacts = {
  /** Whether a first name in this form is borne by almost nobody. */
  readonly isRareFirstName: (name: string) => boolean
  /** Whether an e-mail address or phone has too many holders to say anything of one of them. */
  readonly isGeneric: (contact: string) => boolean
}

const compareNationalNumbers = (a: string | undefined, b: string | undefined): NationalNumberLevel => {
  if (a === undefined || b === undefined) return 'missing'
  return a === b ? 'exact' : 'differ'
}

/** Compares what two people can be reached by, and their homes. */
export const compareTies = (
  a: ComparablePerson,
  b: ComparablePerson,
  { isGeneric }: Pick<ComparisonFacts, 'isGeneric'>,
): TieLevels => ({
  email: compareContacts(a.emails, b.emails, { isGeneric, isSlip: isEmailSlip }),
  mobile: compareContacts(a.mobiles, b.mobiles, { isGeneric, isSlip: isPhoneSlip }),
  landline: compareContacts(a.landlines, b.landlines, { isGeneric, isSlip: isPhoneSlip }),
  address: compareAddresses(a.addresses, b.addresses),
})

/**
 * Compares two people field by field. Only fields that both have can agree or contradict; names standing in each other's
 * field are recognised when they then agree in full.
 * Symmetric but for one thing: {@link ComparisonFacts.isRareFirstName} is asked of the record's form (`b`) only, for the
 * identity's is verified and therefore a real name.
 */
export const compare = (a: ComparablePerson, b: ComparablePerson, facts: ComparisonFacts): Comparison => ({
  ...compareNames(a, b, facts.isRareFirstName),
  birthDate: compareBirthDates(a, b),
  ...compareTies(a, b, facts),
  nationalNumber: compareNationalNumbers(a.nationalNumber, b.nationalNumber),
})
