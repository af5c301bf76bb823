import type { ComparablePerson } from '#src/kernel/customer.ts'
import { mayBeMistaken } from '#src/matching/compare/birth-dates.ts'
import { areGluedInitials, compareForms } from '#src/matching/compare/first-names.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { mayBeExchanged } from '#src/matching/compare/names.ts'
import type { ComparisonFacts } from '#src/matching/compare.ts'

/** What tells a mistake besides the two people: how rare names are, and whether a parent or child of the person's name shows. */
export type MistakeFacts = Pick<ComparisonFacts, 'isRareFirstName'> & { readonly isElderShown: boolean }

/**
 * Whether what differs between a person and a record, the birth date or the names, is a mistake for all one can see: then
 * it may be asked about, and nothing more. It makes no evidence.
 */
export const showsMistake = (
  { firstName, familyName, birthDate }: Comparison,
  [person, record]: readonly [person: ComparablePerson, record: ComparablePerson],
  { isElderShown, isRareFirstName }: MistakeFacts,
): boolean => {
  if (birthDate === 'differ') return firstName !== 'differ' && !isElderShown && mayBeMistaken(person, record)
  // Names and letters that speak against each other are two people's ("Jean Pierre", "Jean Paul"), not one name mistyped.
  if (firstName === 'similar') return compareForms(person.firstNames, record.firstNames) === undefined
  if (firstName !== 'differ' || birthDate !== 'exact') return false
  if (familyName === 'differ') return mayBeExchanged(person, record, isRareFirstName)
  const [form = ''] = record.firstNames
  return familyName !== 'missing' && isRareFirstName(form) && areGluedInitials(person.firstNames, record.firstNames)
}
