import type { ComparablePerson } from '#src/kernel/customer.ts'
import type { Comparison, TieLevels } from '#src/matching/compare/levels.ts'

const SAME_FIRST_NAME = new Set(['exact', 'other', 'nickname', 'misspelling', 'partial'])
/** Levels of a surname that may be the person's. */
export const FITTING_FAMILY_NAME = new Set(['exact', 'part', 'misspelling'])

/** A twin for all one can see: same surname and birth date, another first name. */
export const showsTwin = ({ firstName, familyName, birthDate }: Comparison): boolean =>
  birthDate === 'exact' && FITTING_FAMILY_NAME.has(familyName) && (firstName === 'differ' || firstName === 'similar')

/** A namesake, mostly a parent or child: same name, another birth date. */
export const showsNamesake = ({ firstName, familyName, birthDate }: Comparison): boolean =>
  birthDate === 'differ' && FITTING_FAMILY_NAME.has(familyName) && SAME_FIRST_NAME.has(firstName)

/**
 * Somebody else of the house or on the same contact: another first name, or not quite the same one with another birth
 * date.
 */
export const showsHousemate = (comparison: Comparison): boolean => {
  const { firstName, birthDate } = comparison
  const isOther = firstName === 'differ' || firstName === 'similar'
  return (isOther || (firstName !== 'exact' && birthDate === 'differ')) && sharesContact(comparison)
}

/**
 * The mobiles and e-mail addresses of namesakes and twins, without the person's own. A record that holds one of them is
 * theirs for all one can see, even when it carries this person's birth date by mistake.
 */
export const contactsOfOthers = (
  others: readonly ComparablePerson[],
  person: ComparablePerson,
): ReadonlySet<string> => {
  const own = new Set([...person.mobiles, ...person.emails])
  return new Set(others.flatMap(other => [...other.mobiles, ...other.emails]).filter(contact => !own.has(contact)))
}

/** Whether two people share a contact or a house. */
export const sharesContact = ({ mobile, email, landline, address }: TieLevels): boolean =>
  [mobile, email, landline].includes('exact') || address === 'full'
