import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import type { Comparison, TieLevels } from '#src/matching/compare/levels.ts'
import type { MatchModel } from '#src/matching/model.ts'
import { normaliseDate } from '#src/matching/normalise/dates.ts'
import { onceFor } from '#src/matching/once-for.ts'
import { isCompanys } from './companies.ts'
import { openQuestions, possessionsOf, sharesHome, tieStrength } from './evidence.ts'
import type { MatchCandidate } from './facts.ts'

/** Grows with every change of the rules in this folder. */
export const RULE_VERSION = 'r9'

/** Why a record may not be linked without a proof, however well it agrees. */
export type Bar =
  | 'deceased'
  | 'business'
  | 'national-number-differs'
  | 'birth-date-differs'
  | 'made-before-holder-age'
  | 'contact-of-namesake'

/** The day on which a record was made; asked for by two ages. */
const madeOnOf = onceFor(({ createdAt }: CustomerRecord): string | undefined => normaliseDate(createdAt))

/** Whether a record is from before the person was so old, in years; undefined where nobody knows. */
const isMadeBefore = (record: CustomerRecord, { birthDate }: ComparablePerson, age: number): boolean | undefined => {
  const madeOn = madeOnOf(record)
  if (madeOn === undefined || birthDate === undefined) return undefined
  return madeOn < `${Number(birthDate.slice(0, 4)) + age}${birthDate.slice(4)}`
}

/** Whether a record is known to be from before the person was old enough to be its holder. */
export const isMadeBeforeHolderAge = (record: CustomerRecord, person: ComparablePerson, model: MatchModel): boolean =>
  isMadeBefore(record, person, model.holderAge) === true

/** From this age on people hold their contracts themselves; until then a parent does for many, with the child's data. */
const OWN_CONTRACT_AGE = 27

/** Whether a record is known to be from when its person held the own contracts. */
export const isMadeByAnAdult = (record: CustomerRecord, person: ComparablePerson): boolean =>
  isMadeBefore(record, person, OWN_CONTRACT_AGE) === false

const barOfRecord = (candidate: MatchCandidate, comparison: Comparison): Bar | undefined => {
  if (candidate.record.status === 'deceased') return 'deceased'
  return isCompanys(candidate, comparison) ? 'business' : undefined
}

/**
 * The first reason never to link a record automatically, if there is one.
 * @param foreign contacts of namesakes and twins; see {@link contactsOfOthers}
 * @see docs/matching.md
 */
export const barOf = (
  candidate: MatchCandidate,
  comparison: Comparison,
  isMadeTooEarly: boolean,
  foreign: ReadonlySet<string>,
): Bar | undefined => {
  const { person } = candidate
  const bar = barOfRecord(candidate, comparison)
  if (bar !== undefined) return bar
  if (comparison.nationalNumber === 'differ') return 'national-number-differs'
  if (comparison.birthDate === 'differ') return 'birth-date-differs'
  if (isMadeTooEarly) return 'made-before-holder-age'
  // With her own verified mobile on it, a family mailbox on a record says nothing.
  const telling = comparison.mobile === 'exact' ? person.mobiles : [...person.mobiles, ...person.emails]
  return telling.some(contact => foreign.has(contact)) ? 'contact-of-namesake' : undefined
}

/** Strength of the ties that make up for 0, 1, 2 or 3 open questions; see {@link isAnchor}. */
const NEEDED: readonly number[] = [1, 2, 3, 5]

/** What a clerk's slip leaves of a birth date; a parent or child of the same name is a generation away, hence never one. */
const DATE_SLIPS = new Set(['swapped', 'typo', 'year'])

/**
 * Whether the home alone is enough: names in full, and the date but for a slip, while not both contacts are others, for
 * then the record is as likely the parent's or child's of the same name; or one slip in the surname, which the house
 * shares, and no other contact.
 */
const isAtHome = (open: number, comparison: Comparison): boolean => {
  const { familyName, birthDate, mobile, email } = comparison
  if (!sharesHome(comparison)) return false
  if (open === 0 || (open === 1 && DATE_SLIPS.has(birthDate))) return mobile !== 'differ' || email !== 'differ'
  const isSurnameSlip = familyName === 'part' || familyName === 'misspelling'
  return open === 1 && isSurnameSlip && mobile !== 'differ' && email !== 'differ'
}

/** Whether a mistyped contact is enough: names and date in full, so that it can only be the person's own, mistyped. */
const isOnMistypedContact = (open: number, { mobile, email }: Comparison): boolean =>
  open === 0 && (mobile === 'slip' || email === 'slip')

/**
 * Whether the evidence is of the kinds that link a record by itself: *who* (names and birth date, or a national number
 * with a fitting name) and *what* (a verified mobile, an e-mail address that is not generic, or the home). The more
 * the names and the date leave open, the more must tie the record to the person:
 *
 * | open | for instance | needs |
 * |---|---|---|
 * | 0 | all in full | one possession, one that is mistyped, or the home |
 * | 1 | a slip of the pen in the date, the year only | one possession, or the home |
 * | 1 | a slip of the pen in a name, a call name | one possession |
 * | 2 | the second first name | two possessions; or one and the home, on an adult's record: before, a parent of that name may hold it |
 * | 2 | an initial, a married name | two possessions |
 * | 3 | two of these | two possessions and the home |
 *
 * @param isAdults see {@link isMadeByAnAdult}
 * @see docs/decisions/0006-link-rule.md
 */
export const isAnchor = (comparison: Comparison, isAdults: boolean): boolean => {
  const open = openQuestions(comparison)
  const possessions = possessionsOf(comparison)
  if (possessions === 0) return isAtHome(open, comparison) || isOnMistypedContact(open, comparison)
  // A housemate of the same first name whose record carries this birth date differs in nothing but the surname.
  const isSurnameOpen = comparison.familyName === 'differ' || comparison.familyName === 'missing'
  // Twins often share the letter, a child has the parent's name as a second one; and all of them the house.
  const { firstName } = comparison
  const isFirstNameOpen = firstName === 'initial' || (firstName === 'other' && !isAdults)
  if ((isSurnameOpen || isFirstNameOpen) && possessions < 2) return false
  return tieStrength(comparison) >= (NEEDED[open] ?? Number.POSITIVE_INFINITY)
}

/**
 * How many things tie a record to the anchors: a shared e-mail address, mobile or home, present or former; the home
 * only while the mobile is not another one.
 */
export const countTies = (toAnchors: TieLevels): number =>
  possessionsOf(toAnchors) + Number(sharesHome(toAnchors) && toAnchors.mobile !== 'differ')

/**
 * Whether a record without proof of its own goes with the anchors: one tie where name and birth date agree in full, one
 * more for each question they leave open.
 * @see docs/matching.md
 */
export const isSatellite = (comparison: Comparison, ties: number): boolean => {
  const open = openQuestions(comparison)
  return open <= 2 && ties > open
}
