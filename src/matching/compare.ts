import type { ComparablePerson } from '#src/kernel/customer.ts'
import { compareAddresses } from '#src/matching/compare/addresses.ts'
import { compareBirthDates } from '#src/matching/compare/birth-dates.ts'
import { compareFamilyNames } from '#src/matching/compare/family-names.ts'
import { compareFirstNames } from '#src/matching/compare/first-names.ts'
import type {
  Comparison,
  ContactLevel,
  FamilyNameLevel,
  FirstNameLevel,
  NationalNumberLevel,
} from '#src/matching/compare/levels.ts'

/** What a comparison needs to know of the customer base besides the two people. */
export type ComparisonFacts = {
  /** Whether a first name in this form is borne by almost nobody. */
  readonly isRareFirstName: (name: string) => boolean
  /** Whether an e-mail address or phone has too many holders to say anything of one of them. */
  readonly isGeneric: (contact: string) => boolean
}

const compareContacts = (
  a: readonly string[],
  b: readonly string[],
  isGeneric: ComparisonFacts['isGeneric'],
): ContactLevel => {
  if (a.length === 0 || b.length === 0) return 'missing'
  const shared = a.filter(contact => b.includes(contact))
  if (shared.length === 0) return 'differ'
  return shared.every(isGeneric) ? 'generic' : 'exact'
}

const compareNationalNumbers = (a: string | undefined, b: string | undefined): NationalNumberLevel => {
  if (a === undefined || b === undefined) return 'missing'
  return a === b ? 'exact' : 'differ'
}

type NameLevels = { readonly firstName: FirstNameLevel; readonly familyName: FamilyNameLevel }

const compareNamesDirectly = (a: ComparablePerson, b: ComparablePerson, facts: ComparisonFacts): NameLevels => {
  const [form] = b.firstNames
  return {
    firstName: compareFirstNames(a.firstNames, b.firstNames, form !== undefined && facts.isRareFirstName(form)),
    familyName: compareFamilyNames(a, b),
  }
}

/** The same person with first and family name in each other's field. */
const exchangeNames = (person: ComparablePerson): ComparablePerson => {
  const familyName = person.firstNames.join('').replaceAll('-', '')
  return { ...person, firstNames: person.familyNames, familyName, familyNames: [familyName] }
}

const compareNames = (a: ComparablePerson, b: ComparablePerson, facts: ComparisonFacts): NameLevels => {
  const direct = compareNamesDirectly(a, b, facts)
  if (direct.firstName !== 'differ' || direct.familyName !== 'differ') return direct
  const exchanged = compareNamesDirectly(a, exchangeNames(b), facts)
  return exchanged.firstName === 'exact' && exchanged.familyName === 'exact' ? exchanged : direct
}

/**
 * Compares two people field by field. Only fields that both have can agree or contradict; names standing in each other's
 * field are recognised when they then agree in full.
 * Symmetric, but for {@link ComparisonFacts.isRareFirstName}, which is asked of the record's form (`b`) only: the
 * identity's is verified and therefore a real name.
 */
export const compare = (a: ComparablePerson, b: ComparablePerson, facts: ComparisonFacts): Comparison => ({
  ...compareNames(a, b, facts),
  birthDate: compareBirthDates(a, b),
  email: compareContacts(a.emails, b.emails, facts.isGeneric),
  mobile: compareContacts(a.mobiles, b.mobiles, facts.isGeneric),
  landline: compareContacts(a.landlines, b.landlines, facts.isGeneric),
  address: compareAddresses(a.addresses, b.addresses),
  nationalNumber: compareNationalNumbers(a.nationalNumber, b.nationalNumber),
})
