import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import type { MatchModel } from '#src/matching/model.ts'
import { normaliseDate } from '#src/matching/normalise/dates.ts'
import type { MatchCandidate } from './facts.ts'

/** Grows with every change of the rules in this folder. */
export const RULE_VERSION = 'r1'

/** Why a record may not be linked without a proof, however well it agrees. */
export type Bar =
  | 'deceased'
  | 'prospect'
  | 'business'
  | 'national-number-differs'
  | 'birth-date-differs'
  | 'made-before-holder-age'
  | 'contact-of-namesake'

const SAME_FIRST_NAME = new Set(['exact', 'other', 'nickname', 'misspelling', 'partial'])
const FITTING_FAMILY_NAME = new Set(['exact', 'part', 'misspelling'])

/** Whether a record was made before the person was old enough to be its holder. */
export const isMadeBeforeHolderAge = (record: CustomerRecord, person: ComparablePerson, model: MatchModel): boolean => {
  const madeOn = normaliseDate(record.createdAt)
  if (madeOn === undefined || person.birthDate === undefined) return false
  const year = Number(person.birthDate.slice(0, 4)) + model.holderAge
  return madeOn < `${year}${person.birthDate.slice(4)}`
}

const barOfRecord = (record: CustomerRecord): Bar | undefined => {
  if (record.status === 'deceased') return 'deceased'
  if (record.status === 'prospect' || record.segment === 'prospect') return 'prospect'
  // Somebody's name on a company's record is that of a contact: it takes a mandate to act for a company.
  const isCompanys =
    record.segment === 'business' || record.companyName !== undefined || record.role === 'administrator'
  return isCompanys ? 'business' : undefined
}

/**
 * The first reason never to link a record automatically, if there is one.
 * @param foreign contacts of namesakes and twins; see {@link contactsOfOthers}
 * @see matching.md, 5: decision, 1
 */
export const barOf = (
  { record, person }: MatchCandidate,
  comparison: Comparison,
  isMadeBefore: boolean,
  foreign: ReadonlySet<string>,
): Bar | undefined => {
  const bar = barOfRecord(record)
  if (bar !== undefined) return bar
  if (comparison.nationalNumber === 'differ') return 'national-number-differs'
  if (comparison.birthDate === 'differ') return 'birth-date-differs'
  if (isMadeBefore) return 'made-before-holder-age'
  // With her own verified mobile on it, a family mailbox on a record says nothing.
  if (comparison.mobile === 'exact') return undefined
  return [...person.mobiles, ...person.emails].some(contact => foreign.has(contact)) ? 'contact-of-namesake' : undefined
}

const possessionsOf = ({ mobile, email }: Comparison): number => Number(mobile === 'exact') + Number(email === 'exact')

/** Who: the names and the birth date, or a national number that the names fit. At most one name may be inexact. */
const provesWho = ({ firstName, familyName, birthDate, nationalNumber }: Comparison): boolean => {
  if (!SAME_FIRST_NAME.has(firstName)) return false
  if (firstName !== 'exact' && familyName !== 'exact') return false
  if (nationalNumber === 'exact') return FITTING_FAMILY_NAME.has(familyName)
  const isDateSwapped = birthDate === 'swapped' && firstName === 'exact' && familyName === 'exact'
  return birthDate === 'exact' || isDateSwapped
}

/** What: enough of mobile, e-mail and full address for how well the names and the date agree. */
const provesWhat = (comparison: Comparison): boolean => {
  const possessions = possessionsOf(comparison)
  // A housemate's record that carries this birth date differs in nothing but the name, or the order of the date.
  const isSurnameOpen = comparison.familyName === 'differ' || comparison.familyName === 'missing'
  if (isSurnameOpen || comparison.birthDate === 'swapped') return possessions === 2
  if (comparison.firstName !== 'exact') return possessions >= 1
  // At the right address with another mobile: as likely the parent or child of the same name.
  return possessions >= 1 || (comparison.address === 'full' && comparison.mobile !== 'differ')
}

/**
 * Whether the evidence is of the kinds that link a record by itself: who (name and birth date, or a national number with
 * a fitting name) and what (a verified mobile, an e-mail address that is not generic, or the full address).
 * Stricter than matching.md where wrong links were seen: a surname that differs or is missing takes mobile *and* e-mail,
 * and an address is enough only while the mobile is not another one.
 * @see matching.md, 5: decision, 2
 */
export const isAnchor = (comparison: Comparison): boolean => provesWho(comparison) && provesWhat(comparison)

/**
 * How many things tie a record to the anchors: a shared e-mail address, mobile or full address, present or former; the
 * address, as above, only while the mobile is not another one.
 */
export const countTies = (toAnchors: Comparison): number =>
  possessionsOf(toAnchors) + Number(toAnchors.address === 'full' && toAnchors.mobile !== 'differ')

/**
 * Whether a record without proof of its own goes with the anchors: name and birth date exact and one tie; one of them
 * weaker (a nickname, an exchanged date…) and two ties. Stricter than matching.md where wrong links were seen: initials
 * are no name (twins share house, mailbox, phone, birth date and often the letter), and a record without birth date may
 * be the parent's of the same name; both wait for a proof.
 * @see matching.md, 5: decision, 3
 */
export const isSatellite = ({ firstName, familyName, birthDate }: Comparison, ties: number): boolean => {
  if (!SAME_FIRST_NAME.has(firstName) || birthDate === 'missing') return false
  const weaknesses = [firstName, familyName, birthDate].filter(level => level !== 'exact').length
  return weaknesses <= 1 && ties > weaknesses
}

/** A twin for all one can see: same surname and birth date, another first name. */
export const showsTwin = ({ firstName, familyName, birthDate }: Comparison): boolean =>
  birthDate === 'exact' && FITTING_FAMILY_NAME.has(familyName) && (firstName === 'differ' || firstName === 'similar')

/** A namesake, mostly a parent or child: same name, another birth date. */
export const showsNamesake = ({ firstName, familyName, birthDate }: Comparison): boolean =>
  birthDate === 'differ' && FITTING_FAMILY_NAME.has(familyName) && SAME_FIRST_NAME.has(firstName)

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
export const sharesContact = ({ mobile, email, landline, address }: Comparison): boolean =>
  [mobile, email, landline].includes('exact') || address === 'full'

/**
 * Whether a record may be offered for proof: more than a shot in the dark, the first name not contradicting; where first
 * name or birth date speak against it, only with a mobile or e-mail address in common, since a brother's or father's
 * invoices lie in the same house. A deceased holder's record is nobody's to claim here.
 * @see matching.md, 5: decision, 5
 */
export const isOffered = (comparison: Comparison, wrong: number, bar: Bar | undefined, model: MatchModel): boolean => {
  if (bar === 'deceased' || comparison.firstName === 'differ' || wrong >= model.confirmBelow) return false
  const isContradicted = comparison.firstName === 'similar' || comparison.birthDate === 'differ'
  return !isContradicted || possessionsOf(comparison) >= 1
}
